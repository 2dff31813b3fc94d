import { fingerprintOfKey } from '@keyturn/keyring'
import t from 'tap'
import { undiciTransport } from '../src/transport/undici.ts'
import { openAzure, usesOf } from './support/azure.ts'
import { ManualSource, openClient, whenProven } from './support/client.ts'

t.test('a retired key fails over, in each region by itself', async t => {
  const { container, ring, regenerate, keyOf } = await openAzure(t)
  const fingerprint = fingerprintOfKey(keyOf('primary'))
  regenerate('primary')
  t.match((await container.item('1', 'p').read()).resource, { id: '1' })
  await whenProven(ring)
  t.match(ring.refusals, [{ fingerprint, proven: true }])
  await container.items.upsert({ id: '1', pk: 'p' })
  t.equal(new Set(ring.refusals.map(({ endpoint }) => endpoint)).size, ring.refusals.length)
  t.equal(ring.current?.active, 'primary', 'which slot is active is the keyset’s to say')
})

t.test('a read-only key that is refused a write is as alive as before', async t => {
  const { sim, source, container, ring, keys, keyOf } = await openAzure(t)
  const refused: unknown[] = []
  keys.on('refused', event => refused.push(event))
  source.offer(keyOf('primaryReadonly'), keyOf('secondary'))
  const cleared = new Promise<void>(resolve =>
    ring.follow(news => news === 'accepted' && resolve()),
  )
  await container.items.upsert({ id: '2', pk: 'p' })
  await cleared
  t.same(ring.refusals, [])
  t.same(refused, [])
  const before = usesOf(sim, 'primaryReadonly')
  await container.item('2', 'p').read()
  t.equal(usesOf(sim, 'primaryReadonly').accepted, before.accepted + 1, 'and reads with it again')
})

t.test('a read-only pair is refused a write once, with Azure’s own error', async t => {
  const { sim, keyOf } = await openAzure(t)
  const source = new ManualSource()
  const transport = undiciTransport({ ca: sim.ca })
  const { client, ring, close } = openClient(sim.endpoint, { source, transport })
  t.teardown(close)
  source.offer(keyOf('primaryReadonly'), keyOf('secondaryReadonly'), { pair: 'readOnly' })
  const container = client.database('d').container('c')
  t.match((await container.item('1', 'p').read()).resource, { id: '1' })
  await container.read()
  await t.rejects(container.items.upsert({ id: '2', pk: 'p' }), { code: 401 })
  t.equal(usesOf(sim, 'primaryReadonly').refused, 1)
  t.equal(usesOf(sim, 'secondaryReadonly').refused, 0)
  t.same(ring.refusals, [])
})

t.test('a container made anew is asked again where it lags, and no key is called dead', async t => {
  const { sim, database, ring, keys } = await openAzure(t, {
    cosmos: { connectionPolicy: { preferredLocations: ['North Europe', 'West US'] } },
  })
  const heard: string[] = []
  for (const name of ['failover', 'refused', 'exhausted'] as const) {
    keys.on(name, () => heard.push(name))
  }
  sim.setWeather({ regions: { 'North Europe': { containerLagMs: 400 } } })
  const { container } = await database.containers.create({ id: 'new', partitionKey: '/pk' })
  const before = usesOf(sim, 'primary').refused
  const reading = container.item('1', 'p').read()
  while (usesOf(sim, 'primary').refused < before + 2) await new Promise(setImmediate)
  sim.setWeather({ regions: { 'North Europe': { containerLagMs: 0 } } })
  t.equal((await reading).statusCode, 404, 'as the service answers once it is ready')
  t.same(ring.refusals, [])
  t.same(heard, [])
  t.equal(ring.current?.active, 'primary')
})

t.test('a clock that is off is corrected from the service’s, without a switch', async t => {
  const { sim, container, keys, ring } = await openAzure(t)
  const clockBy = 20 * 60_000
  const skews: number[] = []
  keys.on('clock-skew', ({ offsetMs }) => skews.push(offsetMs))
  sim.cosmos.clockSkew.set(clockBy)
  await container.item('1', 'p').read()
  t.equal(skews.length, 1)
  t.ok(Math.abs((skews[0] ?? 0) - clockBy) < 2000, `corrected by ${skews[0]} ms`)
  await container.items.upsert({ id: '2', pk: 'p' })
  t.equal(skews.length, 1, 'once')
  t.same(ring.refusals, [])
  t.equal(usesOf(sim, 'secondary').accepted, 0)
})

t.test('local auth that is disabled says so, and nothing is tried in vain', async t => {
  const { sim, time, container, ring } = await openAzure(t)
  sim.account.update({ flags: { disableLocalAuth: true } })
  time.advance(3_600_000)
  const before = usesOf(sim, 'secondary')
  const error = await container
    .item('1', 'p')
    .read()
    .then(
      () => null,
      (reason: unknown) => reason,
    )
  t.match(error, { code: 'LOCAL_AUTH_DISABLED', cause: { status: 401 } })
  t.same(ring.refusals, [])
  t.same(usesOf(sim, 'secondary'), before)
})

t.test('keys that both died are recovered from the source, in one refresh', async t => {
  const { source, container, regenerate, keyOf, ring } = await openAzure(t)
  regenerate('primary')
  regenerate('secondary')
  source.onRefresh = async () => source.offer(keyOf('primary'), keyOf('secondary'))
  await Promise.all(Array.from({ length: 20 }, () => container.item('1', 'p').read()))
  t.equal(source.refreshes, 1)
  t.equal(ring.current?.keys.primary.fingerprint, fingerprintOfKey(keyOf('primary')))
})

t.test(
  'a query iterator that was opened 20 minutes before goes on, though both keys were turned',
  async t => {
    const { sim, time, source, container, regenerate, keyOf, keys } = await openAzure(t)
    const heard: string[] = []
    for (const name of ['failover', 'clock-skew', 'refused'] as const) {
      keys.on(name, () => heard.push(name))
    }
    for (let id = 2; id <= 6; id += 1) await container.items.upsert({ id: `${id}`, pk: 'p' })
    const iterator = container.items.query('SELECT * FROM c', {
      partitionKey: 'p',
      maxItemCount: 2,
    })
    const ids: string[] = []
    const next = async (): Promise<boolean> => {
      const { resources, hasMoreResults } = await iterator.fetchNext()
      ids.push(...(resources ?? []).map(({ id }) => id))
      return hasMoreResults
    }
    t.ok(await next())
    for (const slot of ['secondary', 'primary'] as const) {
      const other = slot === 'primary' ? 'secondary' : 'primary'
      source.offer(keyOf('primary'), keyOf('secondary'), { active: other, fenced: [slot] })
      regenerate(slot)
      time.advance(10 * 60_000)
      source.offer(keyOf('primary'), keyOf('secondary'), { active: other })
    }
    while (await next());
    t.same(ids.sort(), ['1', '2', '3', '4', '5', '6'])
    t.same(heard, [], 'every page was signed with a key and a date of its own time')
    t.equal(usesOf(sim, 'primary').refused + usesOf(sim, 'secondary').refused, 0)
  },
)
