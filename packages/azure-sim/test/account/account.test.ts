import fc from 'fast-check'
import t from 'tap'
import { Account } from '../../src/account/account.ts'
import { randomKeys, seededKeys } from '../../src/account/keys.ts'
import { type KeyKind, keyKinds } from '../../src/account/types.ts'
import { chanceFrom } from '../../src/chance.ts'
import { VirtualClock } from '../../src/clock.ts'
import { defaultRegeneration, type RegenerationKnobs } from '../../src/weather/propagation.ts'

const regions = ['West US', 'North Europe']

function account(seed: number, knobs: Partial<RegenerationKnobs> = {}, drawKey = randomKeys) {
  const clock = new VirtualClock(1_800_000_000_000)
  const chance = chanceFrom(seed)
  const regeneration = { ...defaultRegeneration, ...knobs }
  return {
    clock,
    account: new Account({ name: 'a', regions, clock, chance, drawKey, regeneration }),
  }
}

const kinds = (keys: readonly { kind: KeyKind; generation: number }[]) =>
  keys.map(({ kind, generation }) => `${kind} ${generation}`)

t.test('a new account takes four keys for reads and two for writes, everywhere', async t => {
  const { account: fresh } = account(1)
  for (const name of regions) {
    t.same(
      kinds(fresh.keysTakenBy(name, 'read')),
      keyKinds.map(kind => `${kind} 1`),
    )
    t.same(kinds(fresh.keysTakenBy(name, 'write')), ['primary 1', 'secondary 1'])
  }
})

t.test('keys are 64 bytes, unpredictable, and replayable only where asked', async t => {
  const value = (seed: number, drawKey = randomKeys) =>
    account(seed, {}, drawKey).account.shown('primary').key.value
  t.equal(Buffer.from(value(1), 'base64').length, 64)
  t.not(value(1), value(1), 'the same seed gives other keys')
  t.equal(value(1, seededKeys(1)), value(1, seededKeys(1)), 'unless they are seeded')
  t.not(value(1, seededKeys(1)), value(1, seededKeys(2)))
})

t.test('a key does not show its value to whoever prints it', async t => {
  const { key } = account(1).account.shown('primary')
  t.notOk(JSON.stringify(key).includes(key.value))
  t.equal(key.thumbprint.length, 16)
})

t.test('one regeneration at a time', async t => {
  const { account: busy, clock } = account(1, { durationMs: 1_000 })
  t.ok(busy.regenerate('primary'))
  t.equal(busy.provisioningState(), 'Updating')
  t.equal(busy.regenerate('secondary'), undefined)
  clock.advance(1_000)
  t.equal(busy.provisioningState(), 'Succeeded')
  t.ok(busy.regenerate('secondary'))
})

t.test(
  'listKeys shows the new key at the end, or at acceptance where the knob says so',
  async t => {
    for (const keysShown of ['end', 'acceptance'] as const) {
      const { account: one, clock } = account(1, { durationMs: 1_000, keysShown })
      one.regenerate('primary')
      t.equal(one.shown('primary').key.generation, keysShown === 'end' ? 1 : 2)
      clock.advance(1_000)
      t.equal(one.shown('primary').key.generation, 2)
      t.equal(one.shown('secondary').key.generation, 1)
    }
  },
)

t.test('a failed operation changes the key or not, as the knob says', async t => {
  for (const failedEffect of ['none', 'done'] as const) {
    const { account: one, clock } = account(1, { failRate: 1, failedEffect, spreadMs: 0 })
    t.equal(one.regenerate('primary')?.ends, 'Failed')
    clock.advance(10_000)
    t.equal(one.shown('primary').key.generation, failedEffect === 'none' ? 1 : 2)
  }
})

t.test('days of regeneration pass in no time on a virtual clock', async t => {
  const days = 3 * 86_400_000
  const { account: slow, clock } = account(1, { durationMs: days })
  slow.regenerate('primary')
  clock.advance(days - 1)
  t.equal(slow.provisioningState(), 'Updating')
  clock.advance(1)
  t.equal(slow.provisioningState(), 'Succeeded')
})

const step = fc.record({
  kind: fc.constantFrom(...keyKinds),
  waitMs: fc.integer({ min: 0, max: 4_000 }),
})
const knobs = fc.record({
  durationMs: fc.integer({ min: 0, max: 1_000 }),
  spreadMs: fc.integer({ min: 0, max: 1_000 }),
  gapMs: fc.integer({ min: 0, max: 1_000 }),
  overlapMs: fc.integer({ min: 0, max: 1_000 }),
  oldReadsMs: fc.integer({ min: 0, max: 1_000 }),
  flaps: fc.integer({ min: 0, max: 3 }),
  flapMs: fc.integer({ min: 0, max: 300 }),
})

t.test(
  'whatever happened, once all has settled each region takes the newest keys only',
  async () => {
    fc.assert(
      fc.property(
        fc.maxSafeNat(),
        knobs,
        fc.array(step, { maxLength: 12 }),
        (seed, knobs, steps) => {
          const { account: one, clock } = account(seed, knobs)
          for (const { kind, waitMs } of steps) {
            one.regenerate(kind)
            clock.advance(waitMs)
            for (const name of regions) one.keysTakenBy(name, 'read')
          }
          clock.advance(knobs.durationMs + knobs.spreadMs + knobs.oldReadsMs)
          const newest = keyKinds.map(kind => one.shown(kind).key)
          return regions.every(name => {
            const [reads, writes] = [one.keysTakenBy(name, 'read'), one.keysTakenBy(name, 'write')]
            return (
              reads.length === 4 &&
              newest.every(key => reads.includes(key)) &&
              writes.length === 2 &&
              writes.every(key => !key.readOnly && newest.includes(key))
            )
          })
        },
      ),
      { numRuns: 300 },
    )
  },
)

t.test(
  'at every moment the other slot’s key is taken, and what is held back is recomputed in time',
  async () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), knobs, (seed, knobs) => {
        const { account: one, clock } = account(seed, knobs)
        one.regenerate('primary')
        for (let at = 0; at < 60; at++) {
          clock.advance(50)
          for (const name of regions) {
            const held = kinds(one.keysTakenBy(name, 'read'))
            if (!held.includes('secondary 1')) return false
            const fresh = account(seed, knobs)
            fresh.account.regenerate('primary')
            fresh.clock.advance((at + 1) * 50)
            const asked = kinds(fresh.account.keysTakenBy(name, 'read'))
            if (asked.join() !== held.join()) return false
          }
        }
        return true
      }),
      { numRuns: 40 },
    )
  },
)

t.test('every key that ever was is known, newest first', async t => {
  const { account: old, clock } = account(5)
  for (let turn = 0; turn < 5; turn++) {
    old.regenerate('primary')
    clock.advance(10_000)
  }
  t.equal(old.keysKnown().length, 9)
  t.match(old.keysKnown()[0], { kind: 'primary', generation: 6 })
  t.equal(new Set(old.keysKnown().map(key => key.value)).size, 9, 'and no two are alike')
})
