import { Agent } from 'node:https'
import { CosmosClient } from '@azure/cosmos'
import t from 'tap'
import { RequestCounts } from '../../src/arm/request-counts.ts'
import { AzureSim, VirtualClock } from '../../src/index.ts'
import { armClient, armRequest, trust } from '../clients.ts'

const start = Date.parse('2026-01-01T00:00:00Z')
const clock = new VirtualClock(start)
const sim = await AzureSim.start({ seed: 17, clock })
t.teardown(() => sim.stop())
trust(sim)
const arm = armClient(sim)
const place = [sim.resourceGroup, sim.accountName] as const

const filter = (from: number, until: number, name = 'Total Requests') =>
  `(name.value eq '${name}') and timeGrain eq duration'PT5M' and ` +
  `startTime eq '${new Date(from).toISOString()}' and endTime eq '${new Date(until).toISOString()}'`

t.test('metrics count the requests that the data plane answered, by time and region', async t => {
  const agent = new Agent({ ca: sim.ca })
  const { value: key } = sim.account.shown('primary').key
  // Its clock is not the simulator's: refused for its date, and counted all the same.
  const client = new CosmosClient({ endpoint: sim.endpoint, key, agent })
  t.teardown(() => {
    client.dispose()
    agent.destroy()
  })
  const total = async (region?: string) => {
    const asked = filter(start, start + 600_000)
    const values = []
    const pages = region
      ? arm.databaseAccountRegion.listMetrics(...place, region, asked)
      : arm.databaseAccounts.listMetrics(...place, asked)
    for await (const metric of pages) values.push(...(metric.metricValues ?? []))
    t.equal(values.length, 2)
    return values.map(value => value.total)
  }
  const before = await total()
  await t.rejects(client.getDatabaseAccount())
  const after = await total()
  t.ok(Number(after[0]) > Number(before[0]))
  t.equal(after[1], 0, 'nothing in the next five minutes')
  t.equal((await total('North Europe'))[0], 0)
})

t.test('a metric that does not exist is an empty list, a broken filter is refused', async t => {
  const metrics: unknown[] = []
  const asked = filter(start, start + 1, 'Happiness')
  for await (const metric of arm.databaseAccounts.listMetrics(...place, asked)) metrics.push(metric)
  t.same(metrics, [])
  t.match(await armRequest(sim, 'GET', '/metrics'), { status: 400 })
})

t.test('definitions, usages and operations are listed', async t => {
  const first = async (pages: AsyncIterable<object>) => {
    for await (const item of pages) return item
    return undefined
  }
  t.match(await first(arm.databaseAccounts.listMetricDefinitions(...place)), {
    name: { value: 'Total Requests' },
    resourceUri: sim.accountId,
  })
  t.match(await first(arm.databaseAccounts.listUsages(...place)), {
    name: { value: 'Storage' },
    unit: 'Bytes',
    currentValue: 0,
  })
  const names: unknown[] = []
  for await (const { name } of arm.operations.list()) names.push(name)
  t.ok(names.includes('Microsoft.DocumentDB/databaseAccounts/regenerateKey/action'))
  t.notOk(names.some(name => String(name).startsWith('Microsoft.KeyVault')))
})

t.test('what is stored counts as used', async t => {
  const real = await AzureSim.start({ seed: 18 })
  t.teardown(() => real.stop())
  trust(real)
  const agent = new Agent({ ca: real.ca })
  const { value: key } = real.account.shown('primary').key
  const client = new CosmosClient({ endpoint: real.endpoint, key, agent })
  t.teardown(() => {
    client.dispose()
    agent.destroy()
  })
  const { database } = await client.databases.create({ id: 'shop' })
  const { container } = await database.containers.create({ id: 'orders', partitionKey: '/id' })
  await container.items.create({ id: 'one', text: 'x'.repeat(5_000) })
  const { body } = await armRequest(real, 'GET', '/usages')
  const { value } = body as { value: { currentValue: number }[] }
  const used = value[0]?.currentValue ?? 0
  t.ok(used >= 5_000 && used < 10_000, `${used}`)
})

t.test('counts are kept for two days, not for ever', async t => {
  const counts = new RequestCounts()
  const dayMs = 86_400_000
  for (let at = 0; at < 10 * dayMs; at += 300_000) counts.note({ region: 'West US', at })
  t.equal(counts.total(9 * dayMs, 10 * dayMs), 288)
  t.ok(counts.total(0, 10 * dayMs) <= 2 * 288 + 2)
})
