import { Ring } from '@keyturn/keyring'
import t from 'tap'
import { keyset, ManualClock, ManualSource, twoKeys } from '../support.ts'

const started = (limits = {}) => {
  const source = new ManualSource()
  const clock = new ManualClock()
  const ring = new Ring({ source, clock, chance: () => 0, limits }).start()
  return { ring, source, clock }
}

t.test('all who wait share one refresh', async t => {
  const { ring, source } = started()
  ring.offer(keyset(twoKeys()))
  const outcomes = await Promise.all([ring.refresh('refused'), ring.refresh('refused')])
  t.same(outcomes, ['read', 'read'])
  t.same(source.refreshes, ['refused'])
})

t.test('whoever came while the source was read asks no more once it brought something', async t => {
  const { ring, source } = started()
  const keys = twoKeys()
  ring.offer(keyset(keys))
  const read = Promise.withResolvers<void>()
  const begun = Promise.withResolvers<void>()
  source.onRefresh = async () => {
    begun.resolve()
    await read.promise
    ring.offer(keyset(keys, { version: 2 }))
  }
  const first = ring.refresh('refused')
  await begun.promise
  const late = ring.refresh('refused')
  read.resolve()
  t.same(await Promise.all([first, late]), ['swapped', 'swapped'])
  await ring.stop()
  t.equal(source.refreshes.length, 1)
})

t.test('a caller’s own time bounds its wait, and nobody else’s', async t => {
  const { ring, source, clock } = started({ waitMsMax: 1000 })
  ring.offer(keyset(twoKeys()))
  source.onRefresh = () => new Promise(() => {})
  const patient = ring.refresh('refused')
  const hasty = ring.refresh('refused', undefined, 100)
  clock.pass(100)
  t.equal(await hasty, 'timed-out')
  clock.pass(900)
  t.equal(await patient, 'timed-out')
})

t.test('a refresh ends as soon as another keyset is held', async t => {
  const { ring, source } = started()
  ring.offer(keyset(twoKeys()))
  source.onRefresh = () => new Promise(() => {})
  const refreshing = ring.refresh('refused')
  ring.offer(keyset(twoKeys(), { version: 2 }))
  t.equal(await refreshing, 'swapped')
})

t.test('a refresh is bounded, and tells its source that it is over', async t => {
  const { ring, source, clock } = started({ waitMsMax: 1000 })
  ring.offer(keyset(twoKeys()))
  let aborted = false
  source.onRefresh = signal =>
    new Promise(() => signal.addEventListener('abort', () => (aborted = true)))
  const refreshing = ring.refresh('refused')
  clock.pass(1000)
  t.equal(await refreshing, 'timed-out')
  t.ok(aborted)
})

t.test('after a refusal the next refresh waits for its pause, a request does not', async t => {
  const { ring, source, clock } = started({ pauseMsMin: 400 })
  ring.offer(keyset(twoKeys()))
  await ring.refresh('refused')
  const second = ring.refresh('refused')
  t.equal(source.refreshes.length, 1)
  clock.pass(400)
  await second
  t.equal(source.refreshes.length, 2)
  await ring.refresh('requested')
  t.equal(source.refreshes.length, 3)
})

t.test('a source that fails fails the refresh alone', async t => {
  const { ring, source } = started()
  ring.offer(keyset(twoKeys()))
  source.onRefresh = () => Promise.reject(new Error('The vault is away.'))
  t.equal(await ring.refresh('refused'), 'failed')
})

t.test('a ring that stops ends the refresh that is under way', async t => {
  const { ring, source } = started()
  ring.offer(keyset(twoKeys()))
  const told = new Promise<void>(resolve => {
    source.onRefresh = signal =>
      new Promise(() => signal.addEventListener('abort', () => resolve()))
  })
  const refreshing = ring.refresh('refused')
  await new Promise(setImmediate)
  await ring.stop()
  await told
  t.equal(await refreshing, 'failed')
})
