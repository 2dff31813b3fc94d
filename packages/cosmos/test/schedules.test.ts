import type { Slot } from '@keyturn/core'
import fc from 'fast-check'
import t from 'tap'
import { World } from './support/world.ts'

const endpoints = ['https://west.example', 'https://east.example']
const good = 0
const ambiguousMax = 4

/** One key, `good`, is taken everywhere all the time; everything else comes and goes. */
const step = fc.record({
  swap: fc.boolean(),
  goodIn: fc.constantFrom<Slot>('primary', 'secondary'),
  other: fc.integer({ min: 1, max: 3 }),
  active: fc.constantFrom<Slot>('primary', 'secondary'),
  fenceOther: fc.boolean(),
  west: fc.subarray([1, 2, 3]),
  east: fc.subarray([1, 2, 3]),
  ambiguous: fc.boolean(),
})

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

const play = (world: World, { goodIn, other, active, fenceOther, ...rest }: Step): void => {
  const otherSlot: Slot = goodIn === 'primary' ? 'secondary' : 'primary'
  const keys = { primary: other, secondary: other, [goodIn]: good }
  if (rest.swap) {
    const fenced: Slot[] = fenceOther ? [otherSlot] : []
    world.hold(keys, { active: fenceOther ? goodIn : active, fenced })
  }
  for (const [i, taken] of [rest.west, rest.east].entries()) {
    world.take(endpoints[i] ?? '', [good, ...taken])
  }
  // Longer than its bounded retries no attempt outlives a container that refuses its key.
  if (rest.ambiguous && ambiguousMax > world.ambiguousEver) world.makeAmbiguous()
}

const operations = fc.array(
  fc.record({ endpoint: fc.constantFrom(...endpoints), write: fc.boolean() }),
  { minLength: 1, maxLength: 8 },
)
const schedule = fc.array(step, { minLength: 1, maxLength: 12, size: 'max' })

t.test('while one unfenced key that the ring holds is accepted, no operation fails', async t => {
  let attempts = 0
  await fc.assert(
    fc.asyncProperty(schedule, operations, fc.constantFrom(1, 2, 8), async (steps, ops, size) => {
      const world = new World(size)
      const [first, ...later] = steps
      if (first) play(world, { ...first, swap: true })
      world.onAttempt = () => {
        const next = later.shift()
        if (next) play(world, next)
      }
      const answers = await Promise.all(
        ops.map(({ endpoint, write }) => world.operate(endpoint, write)),
      )
      attempts += world.attempts
      await world.engine.close()
      return (
        answers.every(({ status }) => status === 200) &&
        world.wronglySigned.length === 0 &&
        world.ring.sample().usage.every(({ inFlight }) => inFlight === 0)
      )
    }),
    { numRuns: Number(process.env['KEYTURN_RUNS'] ?? 400) },
  )
  t.ok(attempts > 2000, `${attempts} attempts were judged`)
})

t.test('a key that the source gives in time serves as well as one that is held', async t => {
  await fc.assert(
    fc.asyncProperty(
      fc.subarray([1, 2, 3]),
      fc.boolean(),
      operations,
      async (taken, fenced, ops) => {
        const world = new World(2)
        world.hold({ primary: 1, secondary: 2 }, fenced ? { fenced: ['secondary'] } : {})
        for (const endpoint of endpoints) world.take(endpoint, [good])
        const [west] = endpoints
        world.take(west ?? '', [good, ...taken])
        world.source.onRefresh = async () => world.hold({ primary: good, secondary: 3 }, {})
        const answers = await Promise.all(
          ops.map(({ endpoint, write }) => world.operate(endpoint, write)),
        )
        await world.engine.close()
        return answers.every(({ status }) => status === 200) && world.wronglySigned.length === 0
      },
    ),
    { numRuns: Number(process.env['KEYTURN_RUNS'] ?? 200) },
  )
  t.pass('holds for every schedule tried')
})
