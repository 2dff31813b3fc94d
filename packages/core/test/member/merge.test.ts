import { mergeRefusals, mergeUsage, undrained } from '@keyturn/core'
import fc from 'fast-check'
import t from 'tap'
import { anyClients, anyHeld, client, held, key, sample } from './arbitraries.ts'

const own = sample(0, { held: held(2) })
const used = (number: number, inFlight: number, idleMs: number | null = null) => ({
  fingerprint: key(number),
  inFlight,
  total: inFlight,
  idleMs,
})
const of = (number: number, usage: ReturnType<typeof mergeUsage>) =>
  usage.find(({ fingerprint }) => fingerprint === key(number))

t.test('use is summed, and the most recent use counts', async t => {
  const usage = mergeUsage(own, [
    client('a', { sample: sample(1, { usage: [used(1, 2, 50), used(2, 0, null)] }) }),
    client('b', { sample: sample(1, { usage: [used(1, 1, 20)] }) }),
  ])
  t.same(of(1, usage), { fingerprint: key(1), inFlight: 3, total: 3, idleMs: 20 })
  t.same(of(2, usage), { fingerprint: key(2), inFlight: 0, total: 0, idleMs: null })
})

t.test('every held key is named, used or not', async t => {
  t.same(
    mergeUsage(own, []).map(({ fingerprint, inFlight }) => [fingerprint, inFlight]),
    [
      [key(1), 0],
      [key(2), 0],
    ],
  )
})

t.test('the member’s own probes count', async t => {
  t.equal(of(2, mergeUsage({ ...own, usage: [used(2, 1, 0)] }, []))?.inFlight, 1)
})

t.test('a client that nobody has heard counts as using every key now', async t => {
  const usage = mergeUsage(own, [client('a')])
  for (const number of [1, 2]) t.match(of(number, usage), { inFlight: 1, idleMs: 0 })
})

t.test('a lost client may use what it last held, and what the member holds now', async t => {
  const last = held(1, { fingerprints: { primary: key(1), secondary: key(3) } })
  const usage = mergeUsage(own, [
    client('a', { state: 'lost', sample: sample(1, { held: last, usage: [used(4, 0, 900)] }) }),
  ])
  for (const number of [1, 2, 3, 4]) t.match(of(number, usage), { inFlight: 1, idleMs: 0 })
})

t.test('idle spans stay as of the sample: nobody saw the time since', async t => {
  const usage = mergeUsage(own, [client('a', { sample: sample(1, { usage: [used(1, 0, 70)] }) })])
  t.equal(of(1, usage)?.idleMs, 70)
})

t.test('no use that a client told is ever lost in the sum', async () => {
  fc.assert(
    fc.property(anyHeld, anyClients, (now, clients) => {
      const usage = mergeUsage(sample(0, { held: now }), clients)
      return clients.every(each =>
        (each.sample?.usage ?? []).every(told => {
          const merged = usage.find(({ fingerprint }) => fingerprint === told.fingerprint)
          return (
            merged !== undefined &&
            merged.inFlight >= told.inFlight &&
            (told.idleMs === null || (merged.idleMs !== null && merged.idleMs <= told.idleMs))
          )
        }),
      )
    }),
  )
})

t.test('while one client is unknown, no held key is idle', async () => {
  fc.assert(
    fc.property(anyHeld, anyClients, (now, clients) => {
      const usage = mergeUsage(sample(0, { held: now }), [...clients, client('unheard')])
      return Object.values(now.fingerprints).every(fingerprint =>
        usage.some(each => each.fingerprint === fingerprint && each.inFlight > 0),
      )
    }),
  )
})

t.test('refusals are told once per key and endpoint, for the longest span', async t => {
  const refusal = (endpoint: string, forMs: number) => ({ fingerprint: key(1), endpoint, forMs })
  const merged = mergeRefusals({ ...own, refused: [refusal('west', 5)] }, [
    client('a', { sample: sample(1, { refused: [refusal('west', 9), refusal('north', 1)] }) }),
    client('b', { state: 'lost', sample: sample(1, { refused: [refusal('north', 0)] }) }),
    client('c'),
  ])
  t.same(merged, [refusal('west', 9), refusal('north', 1)])
})

t.test('undrained are keys in flight that nobody may sign with any more', async t => {
  const fenced = held(3, { fenced: ['secondary'] })
  const usage = [used(1, 1), used(2, 1), used(3, 1), used(4, 0)]
  t.same(undrained(fenced, usage), [key(2), key(3)])
  t.same(undrained(null, usage), [key(1), key(2), key(3)])
})
