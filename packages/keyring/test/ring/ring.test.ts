import { Key, Ring, type RingNews, type SigningRequest } from '@keyturn/keyring'
import t from 'tap'
import { keyset, ManualClock, ManualSource, newKey, twoKeys } from '../support.ts'

const request: SigningRequest = {
  text: 'text',
  endpoint: 'https://west',
  tried: [],
  refreshed: false,
}

const started = (limits = {}) => {
  const source = new ManualSource()
  const clock = new ManualClock()
  const ring = new Ring({ source, clock, chance: () => 0, limits }).start()
  const news: RingNews[] = []
  ring.follow(each => news.push(each))
  return { ring, source, clock, news }
}

t.test('without a keyset nothing is signed', async t => {
  const { ring } = started()
  t.same(ring.begin(request), { next: 'no-keyset' })
  t.same(ring.sample(), { sequence: 1, held: null, usage: [], refused: [] })
})

t.test('the active key signs, and its use is counted until it ends', async t => {
  const { ring, clock } = started()
  const keys = twoKeys()
  const { fingerprint } = keys.primary
  ring.offer(keyset(keys))
  const begun = ring.begin(request)
  t.match(begun, {
    next: 'send',
    slot: 'primary',
    fingerprint,
    signature: keys.primary.sign('text'),
  })
  clock.pass(5)
  t.match(ring.sample().usage[0], { fingerprint, inFlight: 1, total: 1, idleMs: 5 })
  ring.end(fingerprint)
  t.match(ring.sample().usage[0], { inFlight: 0, total: 1, idleMs: 0 })
  ring.end(fingerprint)
  t.equal(ring.sample().usage[0]?.inFlight, 0, 'an end too many is not counted')
  t.match(ring.sample().usage[1], { total: 0, idleMs: null })
})

t.test('a fence holds from the moment that the offer returns, even against failover', async t => {
  const { ring } = started()
  const keys = twoKeys()
  ring.offer(keyset(keys))
  ring.offer(keyset(keys, { version: 2, fenced: ['secondary'] }))
  const tried = [keys.primary.fingerprint]
  t.same(ring.begin({ ...request, tried }), { next: 'refresh' })
  t.same(ring.begin({ ...request, tried, refreshed: true }), { next: 'exhausted' })
  t.same(ring.begin({ ...request, only: keys.secondary.fingerprint }), { next: 'exhausted' })
})

t.test('a drain is news once the last attempt with a fenced key has ended', async t => {
  const { ring, news } = started()
  const keys = twoKeys()
  const { fingerprint } = keys.primary
  ring.offer(keyset(keys))
  ring.begin(request)
  ring.begin(request)
  ring.offer(keyset(keys, { version: 2, active: 'secondary', fenced: ['primary'] }))
  ring.end(fingerprint)
  t.same(news, ['swap', 'swap'])
  t.match(ring.sample(), { held: { version: 2, fenced: ['primary'] } })
  ring.end(fingerprint)
  t.same(news, ['swap', 'swap', 'drained'])
  t.match(ring.sample().usage[0], { fingerprint, inFlight: 0 })
})

t.test('what is refused at one endpoint still signs at another', async t => {
  const { ring, news } = started()
  const keys = twoKeys()
  const [a, b] = [keys.primary.fingerprint, keys.secondary.fingerprint]
  ring.offer(keyset(keys))
  ring.accepted(b, 'https://west', [a])
  t.match(ring.begin(request), { slot: 'secondary' })
  t.match(ring.begin({ ...request, endpoint: 'https://east' }), { slot: 'primary' })
  t.match(ring.begin({ ...request, trial: a }), { slot: 'primary' }, 'or as a trial')
  ring.accepted(a, 'https://west')
  t.same(ring.refusals, [])
  t.same(news, ['swap', 'refused', 'accepted'])
})

t.test('only a write that was accepted shows that a key may write', async t => {
  const { ring } = started()
  const keys = twoKeys()
  const a = keys.primary.fingerprint
  ring.offer(keyset(keys))
  ring.accepted(a, 'https://west')
  ring.begin(request)
  t.notOk(ring.hasWritten(a))
  ring.end(a, true)
  t.ok(ring.hasWritten(a))
})

t.test('a late refusal of a replaced key never touches its successor', async t => {
  const { ring } = started()
  const keys = twoKeys()
  const old = keys.primary.fingerprint
  ring.offer(keyset(keys))
  const fresh = { ...keys, primary: new Key(newKey()) }
  ring.offer(keyset(fresh, { version: 2 }))
  ring.accepted(keys.secondary.fingerprint, 'https://west', [old])
  ring.accountReadRefused(old, 'https://west')
  t.same(ring.refusals, [])
  t.match(ring.begin(request), { fingerprint: fresh.primary.fingerprint })
})

t.test(
  'whoever asks while the source is read asks again, unless that brought something',
  async t => {
    const { ring, source, clock } = started({ pauseMsMin: 400 })
    const keys = twoKeys()
    ring.offer(keyset(keys))
    const read = Promise.withResolvers<void>()
    const begun = Promise.withResolvers<void>()
    source.onRefresh = () => {
      begun.resolve()
      return read.promise
    }
    const first = ring.refresh('refused')
    await begun.promise
    const late = ring.refresh('refused')
    source.onRefresh = async () => void ring.offer(keyset(keys, { version: 2 }))
    read.resolve()
    t.equal(await first, 'read')
    t.equal(source.refreshes.length, 1)
    clock.pass(400)
    t.equal(await late, 'swapped')
    t.equal(source.refreshes.length, 2)
  },
)

t.test('a refusal steers at once, and is reported once an account read proves it', async t => {
  const { ring } = started()
  const keys = twoKeys()
  const [a, b] = [keys.primary.fingerprint, keys.secondary.fingerprint]
  ring.offer(keyset(keys))
  ring.accepted(b, 'https://west', [a])
  t.match(ring.refusals, [{ fingerprint: a, proven: false }])
  t.match(ring.begin(request), { slot: 'secondary' })
  t.same(ring.sample().refused, [])
  ring.accountReadRefused(a, 'https://west')
  t.match(ring.refusals, [{ fingerprint: a, proven: true }])
  t.match(ring.sample().refused, [{ fingerprint: a, endpoint: 'https://west' }])
})

t.test('the wait for a first keyset is bounded, and may be cancelled', async t => {
  const { ring, clock } = started()
  const waiting = ring.whenKeyset(1000)
  clock.pass(1000)
  t.equal(await waiting, null)
  const cancel = new AbortController()
  const cancelled = ring.whenKeyset(1000, cancel.signal)
  cancel.abort(new Error('enough'))
  await t.rejects(cancelled, { message: 'enough' })
  const served = ring.whenKeyset(1000)
  ring.offer(keyset(twoKeys()))
  t.match(await served, { version: 1 })
})

t.test('a ring that stops signs nothing more, and says goodbye after its last attempt', async t => {
  const { ring, source } = started()
  const keys = twoKeys()
  ring.offer(keyset(keys))
  ring.begin(request)
  t.notOk(ring.stopped)
  const stopping = ring.stop()
  t.ok(ring.stopped)
  t.same(ring.begin(request), { next: 'closed' })
  t.notOk(source.stopped)
  ring.end(keys.primary.fingerprint)
  await stopping
  t.ok(source.stopped)
  await ring.stop()
})

t.test('a goodbye waits as long as an attempt may take, and not for ever', async t => {
  const { ring, source, clock } = started()
  ring.offer(keyset(twoKeys()))
  ring.begin(request)
  const stopping = ring.stop()
  clock.pass(60_000)
  await new Promise(setImmediate)
  t.notOk(source.stopped)
  clock.pass(5000)
  await stopping
  t.ok(source.stopped)
})

t.test('a listener that throws harms nobody else', async t => {
  const { ring, news } = started()
  const warned = new Promise<Error>(resolve => process.once('warning', resolve))
  ring.follow(() => {
    throw new Error('a listener’s fault, on purpose')
  })
  t.match(ring.offer(keyset(twoKeys())), { take: true })
  t.same(news, ['swap'])
  t.match(await warned, { message: 'a listener’s fault, on purpose' })
})

t.test('a sample never names more keys than the wire allows', async t => {
  const { ring } = started()
  for (let version = 1; version <= 40; version += 1) ring.offer(keyset(twoKeys(), { version }))
  const { usage, held } = ring.sample()
  t.equal(usage.length, 16)
  const named = usage.map(({ fingerprint }) => fingerprint)
  t.ok(held && named.includes(held.fingerprints.primary))
  t.ok(held && named.includes(held.fingerprints.secondary))
})
