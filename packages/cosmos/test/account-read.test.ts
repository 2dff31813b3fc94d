import t from 'tap'
import { Account, fingerprint, newKey } from './support/account.ts'
import { ManualSource, openClient } from './support/client.ts'

const [a, b] = [newKey(), newKey()]

/** Two servers of one account; the account tells which of them is the region to go to. */
const twoRegions = async (t: { teardown(handler: () => unknown): void }) => {
  const [west, east] = [await Account.start(a, b), await Account.start(a, b)]
  for (const region of [west, east]) {
    region.know(a, b)
    region.put({ id: '1', pk: 'p' })
  }
  t.teardown(() => Promise.all([west.stop(), east.stop()]))
  const list = { writable: west }
  const tell = ({ path }: { path: string }) => {
    if (path !== '/') return null
    const location = { name: 'Here', databaseAccountEndpoint: `${list.writable.endpoint}/` }
    return {
      status: 200,
      body: {
        id: 'account',
        writableLocations: [location],
        readableLocations: [location],
        userConsistencyPolicy: { defaultConsistencyLevel: 'Session' },
      },
    }
  }
  west.intercept = tell
  east.intercept = tell
  return { west, east, list }
}

t.test('the list of regions is kept up to date although the active key died', async t => {
  const { west, east, list } = await twoRegions(t)
  const source = new ManualSource()
  const { container, keys, close } = openClient(west.endpoint, {
    source,
    cosmos: { connectionPolicy: { endpointRefreshRateInMs: 20 } },
  })
  t.teardown(close)
  source.offer(a, b)
  await container.item('1', 'p').read()
  for (const region of [west, east]) region.keys.delete(a)
  list.writable = east
  const documentsAt = (region: Account): number =>
    region.seen.filter(({ path }) => path.includes('/docs')).length
  const before = documentsAt(east)
  // The SDK's own refresher, in the background: it swallows a 401 and keeps the old list.
  const alive = setInterval(() => {}, 1000)
  t.teardown(() => clearInterval(alive))
  while (documentsAt(east) === before) await container.item('1', 'p').read()
  const reads = west.seen.filter(({ path, status }) => path === '/' && status === 200)
  t.ok(
    reads.some(({ key }) => key === b),
    'it was read with the other key',
  )
  t.match(keys.status().keys, [
    { fingerprint: fingerprint(a), healthy: false },
    { fingerprint: fingerprint(b), healthy: true },
  ])
})

t.test('every account read in the background is metered', async t => {
  const { west } = await twoRegions(t)
  const source = new ManualSource()
  const { client, keys, close } = openClient(west.endpoint, {
    source,
    cosmos: { connectionPolicy: { endpointRefreshRateInMs: 5 } },
  })
  t.teardown(close)
  source.offer(a, b)
  await client.getDatabaseAccount()
  const alive = setInterval(() => {}, 1000)
  t.teardown(() => clearInterval(alive))
  while (west.seen.length < 4) await new Promise(setImmediate)
  const [first] = keys.status().keys
  t.ok((first?.total ?? 0) >= 4, `${first?.total} attempts`)
  t.ok((first?.idleMs ?? 1e9) < 60_000, 'so an idle client is not seen as a silent one')
})
