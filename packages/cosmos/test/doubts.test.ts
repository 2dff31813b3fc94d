import t from 'tap'
import { Doubts } from '../src/engine/doubts.ts'
import { Account, fingerprint, newKey } from './support/account.ts'
import { ManualSource, openClient } from './support/client.ts'
import { EagerClock } from './support/eager-clock.ts'

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
  account.refuseAll = path => path.includes('/docs')
  const documents = () => account.seen.filter(({ path }) => path.includes('/docs'))
  const first = container.item('1', 'p').read()
  while (documents().length < 2) await new Promise(setImmediate)
  // Another attempt finds it ready for the second of its keys.
  account.intercept = null
  const before = documents().length
  let refused = 0
  account.refuseAll = path => path.includes('/docs') && ++refused <= 1
  const later = container.item('1', 'p').read()
  await Promise.all([first, later])
  t.ok(documents().length > before)
  while (ring.refusals.length > 0) await new Promise(setImmediate)
  t.same(heard, [], 'nobody is told that a key is refused')
  await container.item('1', 'p').read()
  t.equal(account.seen.at(-1)?.key, a, 'and the active key signs')
})

t.test('a key that is really dead is found out all the same, by an account read', async t => {
  const { account, container, ring } = await setUp(t)
  let refused = 0
  account.refuseAll = path => path.includes('/docs') && ++refused <= 2
  await container.item('1', 'p').read()
  t.same(ring.refusals, [], 'the endpoint is in doubt from now on')
  account.keys.delete(a)
  const proven = new Promise<void>(resolve =>
    ring.follow(() => ring.refusals.some(each => each.proven) && resolve()),
  )
  t.match((await container.item('1', 'p').read()).resource, { id: '1' })
  await proven
  t.match(ring.refusals, [{ fingerprint: fingerprint(a), proven: true }])
  t.equal(account.refused(a), 3, 'once by the container, once by itself, once by the account read')
})

t.test('a doubt ends, and is of one endpoint', async t => {
  const clock = new EagerClock()
  const doubts = new Doubts(clock)
  t.notOk(doubts.at('https://west'))
  doubts.raise('https://west')
  t.ok(doubts.at('https://west'))
  t.notOk(doubts.at('https://east'))
  await clock.sleep(9_999)
  t.ok(doubts.at('https://west'))
  await clock.sleep(1)
  t.notOk(doubts.at('https://west'))
})
