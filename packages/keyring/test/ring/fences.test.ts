import { type Fingerprint, type Slot, slots } from '@keyturn/core'
import { Key, type LiveKeyset, Ring } from '@keyturn/keyring'
import fc from 'fast-check'
import t from 'tap'
import { keyset, ManualClock, ManualSource, newKey } from '../support.ts'

const pool = Array.from({ length: 4 }, () => new Key(newKey()))
const keyAt = (index: number): Key => pool[index % pool.length] ?? new Key(newKey())
const endpoints = ['https://west', 'https://east']

const offer = fc.record({
  do: fc.constant('offer' as const),
  version: fc.nat(6),
  primary: fc.nat(3),
  secondary: fc.nat(3),
  active: fc.constantFrom<Slot>('primary', 'secondary'),
  fenced: fc.constantFrom<Slot[]>([], ['primary'], ['secondary'], ['primary', 'secondary']),
})
const begin = fc.record({
  do: fc.constant('begin' as const),
  endpoint: fc.constantFrom(...endpoints),
  tried: fc.subarray([0, 1, 2, 3]),
  refreshed: fc.boolean(),
  trial: fc.option(fc.nat(3)),
  only: fc.option(fc.nat(3), { freq: 1 }),
})
const hear = fc.record({
  do: fc.constantFrom('accepted' as const, 'dead' as const),
  key: fc.nat(3),
  after: fc.subarray([0, 1, 2, 3]),
  endpoint: fc.constantFrom(...endpoints),
})
const end = fc.record({ do: fc.constant('end' as const), key: fc.nat(3) })

const usable = (held: LiveKeyset): Fingerprint[] =>
  slots.filter(slot => !held.fenced.includes(slot)).map(slot => held.keys[slot].fingerprint)

t.test('whatever happens in whatever order, no fenced or replaced key signs', async t => {
  const schedule = fc.array(
    fc.oneof(
      { weight: 2, arbitrary: offer },
      { weight: 6, arbitrary: begin },
      { weight: 2, arbitrary: hear },
      { weight: 2, arbitrary: end },
    ),
    { maxLength: 80, size: 'max' },
  )
  let signed = 0
  fc.assert(
    fc.property(schedule, steps => {
      const ring = new Ring({ source: new ManualSource(), clock: new ManualClock() })
      ring.offer(keyset({ primary: keyAt(0), secondary: keyAt(1) }, { version: 0 }))
      let version = 0
      for (const step of steps) {
        if (step.do === 'offer') {
          const { primary, secondary, do: _, ...rest } = step
          const keys = { primary: keyAt(primary), secondary: keyAt(secondary) }
          ring.offer(keyset(keys, rest))
        } else if (step.do === 'begin') {
          const tried = step.tried.map(index => keyAt(index).fingerprint)
          const begun = ring.begin({
            text: '',
            endpoint: step.endpoint,
            tried,
            refreshed: step.refreshed,
            trial: step.trial === null ? null : keyAt(step.trial).fingerprint,
            only: step.only === null ? null : keyAt(step.only).fingerprint,
          })
          if (begun.next !== 'send') continue
          signed += 1
          const held = ring.current
          if (held === null || !usable(held).includes(begun.fingerprint)) return false
          if (step.only === null && tried.includes(begun.fingerprint)) return false
        } else if (step.do === 'end') {
          ring.end(keyAt(step.key).fingerprint)
        } else if (step.do === 'dead') {
          ring.accountReadRefused(keyAt(step.key).fingerprint, step.endpoint)
        } else {
          const after = step.after.map(index => keyAt(index).fingerprint)
          ring.accepted(keyAt(step.key).fingerprint, step.endpoint, after)
        }
        const now = ring.current?.version ?? 0
        if (now < version) return false
        version = now
        // A sample is one moment: what it calls drained and fenced cannot start again.
        const { usage } = ring.sample()
        if (usage.some(({ inFlight, total }) => inFlight < 0 || inFlight > total)) return false
      }
      return true
    }),
    { numRuns: 500 },
  )
  t.ok(signed > 1000, `${signed} signatures were judged`)
})
