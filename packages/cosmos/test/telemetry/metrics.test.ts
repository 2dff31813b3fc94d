import { ResilientCosmosClient } from '@keyturn/cosmos'
import { Ring } from '@keyturn/keyring'
import { metrics } from '@opentelemetry/api'
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import t from 'tap'
import { Account, fingerprint, newKey } from '../support/account.ts'
import { ManualSource, openClient } from '../support/client.ts'

const [a, b] = [newKey(), newKey()]
type Tap = { teardown(handler: () => unknown): void }

/** A provider whose reader collects when a test says so. */
const register = (t: Tap) => {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 })
  const provider = new MeterProvider({ readers: [reader] })
  metrics.setGlobalMeterProvider(provider)
  t.teardown(async () => {
    metrics.disable()
    await provider.shutdown()
  })
  const collect = async (): Promise<Record<string, unknown[]>> => {
    exporter.reset()
    await provider.forceFlush()
    const scopes = exporter.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics)
    const all = scopes.flatMap(scope => scope.metrics)
    return Object.fromEntries(
      all.map(({ descriptor, dataPoints }) => [
        descriptor.name.replace('keyturn.client.', ''),
        dataPoints.map(({ value, attributes }) => ({ value, ...attributes })),
      ]),
    )
  }
  return { collect, provider }
}

const setUp = async (t: Tap) => {
  const account = await Account.start(a, b)
  account.know(a, b)
  account.put({ id: '1', pk: 'p' })
  const source = new ManualSource()
  const opened = openClient(account.endpoint, { source })
  t.teardown(async () => {
    await opened.close()
    await account.stop()
  })
  return { account, source, ...opened }
}

const key = (value: string) => ({ 'keyturn.key.fingerprint': fingerprint(value) })

t.test('attempts are read off the ring’s meter, by key; events are counted', async t => {
  const { collect } = register(t)
  const { account, source, container } = await setUp(t)
  source.offer(a, b, { account: '/subscriptions/s/databaseAccounts/x' })
  await container.item('1', 'p').read()
  account.keys.delete(a)
  await container.item('1', 'p').read()
  account.keys.clear()
  await t.rejects(container.item('1', 'p').read(), { code: 401 })
  const seen = await collect()
  const here = { 'server.address': '127.0.0.1' }
  t.match(seen['attempts'], [key(a), key(b)])
  t.match(seen['attempts.in_flight'], [
    { value: 0, ...key(a) },
    { value: 0, ...key(b) },
  ])
  t.match(seen['key.state'], [
    { value: 1, ...key(a), 'keyturn.key.slot': 'primary', 'keyturn.key.state': 'active' },
    { value: 1, ...key(b), 'keyturn.key.slot': 'secondary', 'keyturn.key.state': 'standby' },
  ])
  t.match(seen['keys.refused'], [
    { value: 1, ...key(a) },
    { value: 1, ...key(b) },
  ])
  t.match(seen['keyset.version'], [{ value: 1, 'keyturn.source': 'keyVault' }])
  t.match(seen['swaps'], [{ value: 1, 'keyturn.key.slot': 'primary' }])
  t.match(seen['failovers'], [{ value: 1, ...here, ...key(b) }])
  t.match(seen['refusals'], [
    { value: 1, ...here, ...key(a) },
    { value: 1, ...here, ...key(b) },
  ])
  t.match(seen['exhaustions'], [{ value: 1, ...here }])
  const text = JSON.stringify(seen)
  for (const secret of [a, b]) t.notMatch(text, secret)
})

t.test('a provider that is registered later is followed from the next account read on', async t => {
  const { source, client } = await setUp(t)
  source.offer(a, b)
  await client.getDatabaseAccount()
  const { collect } = register(t)
  t.same(await collect(), {})
  await client.getDatabaseAccount()
  t.match((await collect())['attempts'], [{ value: 2, ...key(a) }])
})

t.test('clients that share a ring tell its attempts once, until the last is closed', async t => {
  const { collect } = register(t)
  const account = await Account.start(a, b)
  t.teardown(() => account.stop())
  const source = new ManualSource()
  const ring = new Ring({ source }).start()
  t.teardown(() => ring.stop())
  source.offer(a, b)
  const { endpoint } = account
  const one = new ResilientCosmosClient({ endpoint, keys: ring })
  const two = new ResilientCosmosClient({ endpoint, keys: ring })
  await one.getDatabaseAccount()
  await two.getDatabaseAccount()
  t.match((await collect())['attempts'], [{ value: 2, ...key(a) }, key(b)])
  await one.close()
  await two.getDatabaseAccount()
  t.match((await collect())['attempts'], [{ value: 3, ...key(a) }, key(b)])
  const callsBefore = ring.sample().sequence
  await two.close()
  await collect()
  t.equal(ring.sample().sequence, callsBefore + 1, 'then nobody looks at the ring any longer')
})

t.test('without a provider nobody looks at the ring at all', async t => {
  const { source, ring, container } = await setUp(t)
  source.offer(a, b)
  await container.item('1', 'p').read()
  t.equal(ring.sample().sequence, 1)
})
