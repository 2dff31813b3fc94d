import { Agent } from 'node:https'
import { type ConnectionPolicy, type ConsistencyLevel, CosmosClient } from '@azure/cosmos'
import t, { type Test } from 'tap'
import type { Started } from '../../src/account/account.ts'
import { AzureSim, type AzureSimOptions } from '../../src/index.ts'

const five = ['West US', 'North Europe', 'East US', 'Japan East', 'Brazil South']

interface Opened {
  readonly azure: AzureSim
  client(policy?: Partial<ConnectionPolicy>, consistency?: ConsistencyLevel): CosmosClient
  /** The regions that requests on documents went to since this was last asked, with status. */
  served(): string[]
}

async function open(t: Test, options: AzureSimOptions = {}): Promise<Opened> {
  const azure = await AzureSim.start({ seed: 7, ...options })
  t.teardown(() => azure.stop())
  const agent = new Agent({ ca: azure.ca, keepAlive: true })
  t.teardown(() => agent.destroy())
  const key = azure.account.shown('primary').key.value
  const seen: string[] = []
  azure.witness.onData(({ region, resourceType, status }) => {
    if (resourceType === 'docs') seen.push(`${region} ${status}`)
  })
  return {
    azure,
    served: () => seen.splice(0),
    client: (policy = {}, consistency) => {
      const made = new CosmosClient({
        endpoint: azure.endpoint,
        key,
        agent,
        connectionPolicy: { ...policy, enableBackgroundEndpointRefreshing: false },
        ...(consistency === undefined ? {} : { consistencyLevel: consistency }),
      })
      t.teardown(() => made.dispose())
      return made
    },
  }
}

async function containerOf(client: CosmosClient) {
  const { database } = await client.databases.createIfNotExists({ id: 'd' })
  const partitionKey = { paths: ['/id'] }
  const { container } = await database.containers.createIfNotExists({ id: 'c', partitionKey })
  return container
}

/** When an accepted operation has ended, by the simulator's own word. */
async function ended(azure: AzureSim, started: Started): Promise<void> {
  if (!('operation' in started)) throw new Error(JSON.stringify(started))
  while (azure.account.running()) await new Promise(resolve => setImmediate(resolve))
  await azure.regionsSettled()
}

const policies = (names: readonly string[]) =>
  names.map((locationName, failoverPriority) => ({ locationName, failoverPriority }))

const throughFailover = (regions: readonly string[]) => async (t: Test) => {
  const { azure, client, served } = await open(t, {
    regions,
    geography: { durationMs: 500, writeGapMs: 200 },
  })
  const container = await containerOf(client())
  await container.items.create({ id: 'before' })
  const order = regions.toReversed()
  const started = azure.account.failover(policies(order))
  let written = 0
  while (azure.account.running()) {
    const { statusCode } = await container.items.upsert({ id: `during-${written++}` })
    t.ok(statusCode === 201)
  }
  await ended(azure, started)
  await container.items.create({ id: 'after' })
  t.equal(served().at(-1), `${order[0]} 201`)
  const { resources } = await container.items.readAll().fetchAll()
  t.equal(resources.length, written + 2, 'and none of them is lost')
  const { resource } = await client().getDatabaseAccount()
  t.same(
    resource?.readableLocations.map(({ name }) => name),
    order,
  )
  t.same(
    resource?.writableLocations.map(({ name }) => name),
    order.slice(0, 1),
  )
}

t.test('writes go on through a failover of two regions', throughFailover(five.slice(0, 2)))

t.test('writes go on through a failover of five regions', throughFailover(five))

t.test('reads go on elsewhere when a region goes offline, and it comes back', async t => {
  const { azure, client, served } = await open(t, {
    regions: five.slice(0, 3),
    geography: { durationMs: 50, lingerMs: 60_000 },
  })
  await (await containerOf(client())).items.create({ id: 'a' })
  const preferredLocations = ['East US', 'North Europe']
  const container = client({ preferredLocations }).database('d').container('c')
  t.equal((await container.item('a', 'a').read()).statusCode, 200)
  await ended(azure, azure.account.takeOffline('East US'))
  served()
  t.equal((await container.item('a', 'a').read()).statusCode, 200)
  t.same(served(), ['North Europe 200'], 'after 403 with 1008, which no region witnesses')
  await ended(azure, azure.account.bringOnline('East US'))
  const fresh = client({ preferredLocations }).database('d').container('c')
  t.equal((await fresh.item('a', 'a').read()).statusCode, 200)
  t.same(served(), ['East US 200'])
})

t.test('an offline write region hands over, and the client finds the next', async t => {
  const { azure, client, served } = await open(t, {
    regions: five.slice(0, 3),
    geography: { durationMs: 50, lingerMs: 60_000 },
  })
  const container = await containerOf(client())
  await ended(azure, azure.account.takeOffline('West US'))
  await container.items.create({ id: 'a' })
  t.same(served(), ['North Europe 201'])
})

t.test('a region that is added serves, and one that is removed is gone', async t => {
  const { azure, client, served } = await open(t, {
    geography: { durationMs: 50, lingerMs: 0 },
  })
  await (await containerOf(client())).items.create({ id: 'a' })
  const three = ['West US', 'North Europe', 'Japan East']
  await ended(azure, azure.account.update({ locations: policies(three) }))
  const far = client({ preferredLocations: ['Japan East'] })
  t.equal((await far.database('d').container('c').item('a', 'a').read()).statusCode, 200)
  t.equal(served().at(-1), 'Japan East 200')
  const { endpoint } = azure.regions[2] ?? { endpoint: '' }
  await ended(azure, azure.account.update({ locations: policies(['West US', 'North Europe']) }))
  const agent = new Agent({ ca: azure.ca })
  const key = azure.account.shown('primary').key.value
  const lost = new CosmosClient({ endpoint, key, agent })
  await t.rejects(lost.getDatabaseAccount(), { code: 'ECONNREFUSED' })
  lost.dispose()
})

t.test('reads go on in another region when one answers 503, hangs or is reset', async t => {
  for (const outage of ['unavailable', 'hang'] as const) {
    const { azure, client, served } = await open(t, { regions: five.slice(0, 3) })
    await (await containerOf(client())).items.create({ id: 'a' })
    const preferredLocations = ['East US', 'North Europe']
    const reader = client({ preferredLocations, requestTimeout: 3_000 })
    const item = reader.database('d').container('c').item('a', 'a')
    await item.read()
    served()
    azure.setWeather({ regions: { 'East US': { outage } } })
    t.equal((await item.read()).statusCode, 200)
    t.same(served(), [`East US ${outage === 'hang' ? 0 : 503}`, 'North Europe 200'])
    azure.setWeather({ regions: { 'East US': { outage: 'none' } } })
    t.equal((await item.read()).statusCode, 200)
    t.same(served(), ['East US 200'])
  }
})

t.test('a region that refuses connections comes back on the same port', async t => {
  const { azure, client, served } = await open(t)
  await (await containerOf(client())).items.create({ id: 'a' })
  const reader = client({ preferredLocations: ['North Europe'] })
  const item = reader.database('d').container('c').item('a', 'a')
  await item.read()
  const before = azure.regions.map(({ endpoint }) => endpoint)
  azure.setWeather({ regions: { 'North Europe': { outage: 'refused' } } })
  await azure.regionsSettled()
  // Neither @azure/cosmos nor the pipeline below it takes a refused connection for a reason to try
  // elsewhere: its policies know ENOTFOUND, REQUEST_SEND_ERROR and ECONNRESET.
  await t.rejects(item.read(), { code: 'ECONNREFUSED' })
  azure.setWeather({ regions: { 'North Europe': { outage: 'none' } } })
  await azure.regionsSettled()
  served()
  t.equal((await item.read()).statusCode, 200)
  t.same(served(), ['North Europe 200'])
  t.same(
    azure.regions.map(({ endpoint }) => endpoint),
    before,
  )
})

t.test('the SDK waits for a region whose connections are reset', async t => {
  const { azure, client, served } = await open(t)
  await (await containerOf(client())).items.create({ id: 'a' })
  const reader = client({ preferredLocations: ['North Europe'] })
  const item = reader.database('d').container('c').item('a', 'a')
  await item.read()
  served()
  azure.setWeather({ regions: { 'North Europe': { outage: 'reset' } } })
  const read = item.read()
  while (served().length === 0) await new Promise(resolve => setImmediate(resolve))
  azure.setWeather({ regions: { 'North Europe': { outage: 'none' } } })
  t.equal((await read).statusCode, 200)
  t.same(served(), ['North Europe 200'])
})

t.test('the global endpoint goes with the write region, and follows a failover', async t => {
  const { azure, client } = await open(t, { geography: { durationMs: 50 } })
  await client().getDatabaseAccount()
  azure.setWeather({ regions: { 'West US': { outage: 'refused' } } })
  await azure.regionsSettled()
  await t.rejects(client().getDatabaseAccount(), { code: 'ECONNREFUSED' })
  await ended(azure, azure.account.failover(policies(['North Europe', 'West US'])))
  const { resource } = await client().getDatabaseAccount()
  t.match(resource?.writableLocations, [{ name: 'North Europe' }])
})
