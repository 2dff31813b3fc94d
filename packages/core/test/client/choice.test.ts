import { chooseSlot, type Fingerprint, firstAttempt, isFenced, type Slot } from '@keyturn/core'
import fc from 'fast-check'
import t from 'tap'
import { fp, keyset } from './support.ts'

const [a, b] = [fp('a'), fp('b')]

t.test('the active slot signs first', async t => {
  t.equal(chooseSlot(keyset(), firstAttempt), 'primary')
  t.equal(chooseSlot(keyset({ active: 'secondary' }), firstAttempt), 'secondary')
})

t.test('a key refused at the endpoint, or in this attempt, gives way to the other', async t => {
  t.equal(chooseSlot(keyset(), { ...firstAttempt, refused: [a] }), 'secondary')
  t.equal(chooseSlot(keyset(), { ...firstAttempt, tried: [a] }), 'secondary')
})

t.test('where the other slot is fenced, the source is asked instead', async t => {
  const fenced = keyset({ fenced: ['secondary'] })
  t.equal(chooseSlot(fenced, { ...firstAttempt, tried: [a] }), 'refresh')
  t.equal(chooseSlot(fenced, { refused: [], tried: [a], refreshed: true }), 'exhausted')
})

t.test('after a refresh a key known to be refused is tried at last, but never twice', async t => {
  const known = { refused: [a, b], refreshed: true }
  t.equal(chooseSlot(keyset(), { ...known, refreshed: false, tried: [] }), 'refresh')
  t.equal(chooseSlot(keyset(), { ...known, tried: [] }), 'primary')
  t.equal(chooseSlot(keyset(), { ...known, tried: [a] }), 'secondary')
  t.equal(chooseSlot(keyset(), { ...known, tried: [a, b] }), 'exhausted')
})

const keys = fc.subarray([a, b])
const situations = fc.record({
  active: fc.constantFrom<Slot>('primary', 'secondary'),
  fenced: fc.subarray<Slot>(['primary', 'secondary']),
  refused: keys,
  tried: keys,
  refreshed: fc.boolean(),
})

t.test('a fenced slot is never chosen, nor a key that was tried', async t => {
  fc.assert(
    fc.property(situations, ({ active, fenced, ...attempt }) => {
      const held = keyset({ active, fenced })
      const choice = chooseSlot(held, attempt)
      if (choice === 'refresh' || choice === 'exhausted') return true
      return !isFenced(held, choice) && !attempt.tried.includes(held.keys[choice].fingerprint)
    }),
  )
  t.pass('holds in every situation tried')
})

t.test('nothing is given up while a key may still be tried', async t => {
  fc.assert(
    fc.property(situations, ({ active, fenced, ...attempt }) => {
      const held = keyset({ active, fenced })
      const open = (['primary', 'secondary'] as const).filter(
        slot => !fenced.includes(slot) && !attempt.tried.includes(held.keys[slot].fingerprint),
      )
      const seen: Fingerprint[] = open.map(slot => held.keys[slot].fingerprint)
      return chooseSlot(held, attempt) !== 'exhausted' || seen.length === 0
    }),
  )
  t.pass('holds in every situation tried')
})
