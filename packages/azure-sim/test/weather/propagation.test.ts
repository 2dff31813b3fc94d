import fc from 'fast-check'
import t from 'tap'
import { chanceFrom } from '../../src/chance.ts'
import {
  operationDuration,
  propagation,
  type RegenerationKnobs,
} from '../../src/weather/propagation.ts'

const ms = fc.integer({ min: 0, max: 100_000 })
const knobs: fc.Arbitrary<RegenerationKnobs> = fc.record({
  durationMs: fc.oneof(
    ms,
    fc.tuple(ms, ms).map(([a, b]): [number, number] => [Math.min(a, b), Math.max(a, b)]),
  ),
  spreadMs: ms,
  gapMs: ms,
  overlapMs: ms,
  oldReadsMs: ms,
  flaps: fc.integer({ min: 0, max: 5 }),
  flapMs: ms,
  keysShown: fc.constantFrom('end', 'acceptance'),
  failRate: fc.constant(0),
  failedEffect: fc.constantFrom('none', 'done', 'either'),
})
const seed = fc.maxSafeNat()
const ordinal = fc.integer({ min: 1, max: 1_000 })
const region = fc.constantFrom('West US', 'North Europe', 'East Asia')

const runs = { numRuns: 500 }

t.test('the same seed, operation and region give the same schedule, in any order', async () => {
  fc.assert(
    fc.property(seed, ordinal, knobs, (seed, ordinal, knobs) => {
      const [one, other] = [chanceFrom(seed), chanceFrom(seed)]
      const names = ['West US', 'North Europe', 'East Asia']
      const forwards = names.map(name => propagation(one, ordinal, name, knobs))
      const backwards = names.reverse().map(name => propagation(other, ordinal, name, knobs))
      return JSON.stringify(forwards) === JSON.stringify(backwards.reverse())
    }),
    runs,
  )
})

t.test('all is settled by the end and its spread; only old reads may last longer', async () => {
  fc.assert(
    fc.property(seed, ordinal, region, knobs, (seed, ordinal, region, knobs) => {
      const chance = chanceFrom(seed)
      const settled = operationDuration(chance, ordinal, knobs) + knobs.spreadMs
      const schedule = propagation(chance, ordinal, region, knobs)
      return (
        [schedule.oldWritesUntil, schedule.newFrom].every(at => at >= 0 && at <= settled) &&
        schedule.relapses.every(({ until }) => until <= settled) &&
        schedule.oldReadsUntil <= settled + knobs.oldReadsMs
      )
    }),
    runs,
  )
})

t.test('gaps, overlaps and old reads stay within their knobs', async () => {
  fc.assert(
    fc.property(seed, ordinal, region, knobs, (seed, ordinal, region, knobs) => {
      const { oldWritesUntil, oldReadsUntil, newFrom } = propagation(
        chanceFrom(seed),
        ordinal,
        region,
        knobs,
      )
      // Both ends are rounded to whole milliseconds.
      return (
        newFrom - oldWritesUntil <= knobs.gapMs + 1 &&
        oldWritesUntil - newFrom <= knobs.overlapMs + 1 &&
        oldReadsUntil - oldWritesUntil >= 0 &&
        oldReadsUntil - oldWritesUntil <= knobs.oldReadsMs
      )
    }),
    runs,
  )
})

t.test(
  'relapses come after both changes, in order, apart, and no longer than their knob',
  async () => {
    fc.assert(
      fc.property(seed, ordinal, region, knobs, (seed, ordinal, region, knobs) => {
        const schedule = propagation(chanceFrom(seed), ordinal, region, knobs)
        let free = Math.max(schedule.oldWritesUntil, schedule.newFrom)
        for (const { from, until } of schedule.relapses) {
          if (from < free || until <= from || until - from > knobs.flapMs + 1) return false
          free = until
        }
        return schedule.relapses.length <= knobs.flaps
      }),
    )
  },
)

t.test('over many seeds there are gaps and overlaps, and either region comes first', async t => {
  const rough: RegenerationKnobs = {
    durationMs: 1_000,
    spreadMs: 500,
    gapMs: 200,
    overlapMs: 200,
    oldReadsMs: 100,
    flaps: 2,
    flapMs: 20,
    keysShown: 'end',
    failRate: 0,
    failedEffect: 'either',
  }
  const seeds = Array.from({ length: 400 }, (_, seed) => seed)
  const of = (seed: number, region: string) => propagation(chanceFrom(seed), 1, region, rough)
  const share = (fits: (seed: number) => boolean) => seeds.filter(fits).length / seeds.length
  const inBounds = (name: string, value: number) =>
    t.ok(value > 0.2 && value < 0.8, `${name}: ${value}`)
  inBounds(
    'gaps',
    share(seed => of(seed, 'West US').newFrom > of(seed, 'West US').oldWritesUntil),
  )
  inBounds(
    'overlaps',
    share(seed => of(seed, 'West US').newFrom < of(seed, 'West US').oldWritesUntil),
  )
  inBounds(
    'west first',
    share(seed => of(seed, 'West US').newFrom < of(seed, 'North Europe').newFrom),
  )
  inBounds(
    'later than the end that ARM reports',
    share(seed => of(seed, 'West US').newFrom > 1_000),
  )
  inBounds(
    'relapses',
    share(seed => of(seed, 'West US').relapses.length > 0),
  )
})
