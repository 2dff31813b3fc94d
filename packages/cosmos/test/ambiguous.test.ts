import t from 'tap'
import { Account, fingerprint, newKey } from './support/account.ts'
import { ManualSource, openClient, whenProven } from './support/client.ts'

const [a, b] = [newKey(), newKey()]
type Tap = { teardown(handler: () => unknown): void }

const setUp = async (t: Tap) => {
  const account = await Account.start(a, b)
  account.know(a, b)
  account.put({ id: '1', pk: 'p' })
  const source = new ManualSource()
  const opened = openClient(account.endpoint, { source, limits: { ambiguousRetryMs: [1, 1, 1] } })
  t.teardown(async () => {
    await opened.close()
    await account.stop()
  })
  source.offer(a, b)
  await opened.container.item('1', 'p').read()
  account.seen.length = 0
  return { account, ...opened }
}

t.test('a container that is ready between two tries makes no key look dead', async t => {
  const { account, container, ring, keys } = await setUp(t)
  const heard: string[] = []
  keys.on('refused', ({ fingerprint }) => heard.push(fingerprint))
  // Whoever is slow, or the only one who asks, knows of no attempt that was refused with both keys.
  let refused = 0
  account.refuseAll = path => path.includes('/docs') && ++refused <= 1
  t.match((await container.item('1', 'p').read()).resource, { id: '1' })
  t.same(
    account.seen.filter(({ path }) => path.includes('/docs')).map(({ key }) => key),
    [a, b],
  )
  while (ring.refusals.length > 0) await new Promise(setImmediate)
  t.same(heard, [], 'nobody is told that a key is refused')
  await container.item('1', 'p').read()
  t.equal(account.seen.at(-1)?.key, a, 'and the active key signs')
})

t.test('a key that is really dead is found out by an account read', async t => {
  const { account, container, ring } = await setUp(t)
  account.keys.delete(a)
  t.match((await container.item('1', 'p').read()).resource, { id: '1' })
  await whenProven(ring)
  t.match(ring.refusals, [{ fingerprint: fingerprint(a), proven: true }])
  t.match(ring.sample().refused, [{ fingerprint: fingerprint(a), endpoint: account.endpoint }])
  t.equal(account.refused(a), 2, 'once by itself, once by the account read')
})

t.test('what the SDK signs for another resource than it asks for is not tried again', async t => {
  const { account, container, keys, ring } = await setUp(t)
  const exhausted: unknown[] = []
  keys.on('exhausted', event => exhausted.push(event))
  await t.rejects(container.conflict('x', 'p').read(), { code: 401 })
  t.same(
    account.seen.map(({ path, status }) => [path, status]),
    [
      ['/dbs/d/colls/c/conflicts/x/conflicts', 401],
      ['/dbs/d/colls/c/conflicts/x/conflicts', 401],
    ],
    'once with each key, and nothing is asked of the account',
  )
  t.same(exhausted, [])
  t.same(ring.refusals, [], 'and no key is blamed')
})
