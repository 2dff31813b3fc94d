import { type Slot, slots } from '@keyturn/core'
import fc from 'fast-check'
import type { Owed } from './history.ts'
import { type Wording, wordings } from './wordings.ts'
import { type Endpoint, endpoints, pool, readOnlyKey, type SourceMode, World } from './world.ts'

const readWriteKeys = pool.map((_, index) => index).filter(index => index !== readOnlyKey)
const anyKey = fc.nat(pool.length - 1)
const slot = fc.constantFrom<Slot>(...slots)
const endpoint = fc.constantFrom<Endpoint>(...endpoints)
/** Key 0 dies seldom, so that many attempts are owed their success. */
const taken = fc
  .tuple(fc.subarray(pool.map((_, index) => index)), fc.boolean())
  .map(([keys, alsoFirst]) => (alsoFirst ? [...new Set([0, ...keys])] : keys))

const content = fc.record({
  keys: fc
    .record({ primary: fc.oneof(anyKey, fc.constant(0)), secondary: anyKey })
    .filter(({ primary, secondary }) => primary !== secondary),
  active: slot,
  fenced: fc.oneof(
    { weight: 3, arbitrary: fc.constant<Slot[]>([]) },
    { weight: 4, arbitrary: fc.subarray<Slot>(['primary', 'secondary'], { maxLength: 1 }) },
    { weight: 1, arbitrary: fc.constant<Slot[]>(['primary', 'secondary']) },
  ),
})

type Content = typeof content extends fc.Arbitrary<infer T> ? T : never

/** What happens to an account, its source and its network. */
type Event =
  | { readonly do: 'publish' | 'swap'; readonly content: Content }
  | { readonly do: 'take'; readonly endpoint: Endpoint; readonly keys: readonly number[] }
  | { readonly do: 'wording'; readonly wording: Wording }
  | { readonly do: 'source'; readonly mode: SourceMode }
  | { readonly do: 'throttle'; readonly requests: number }

const event: fc.Arbitrary<Event> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('swap' as const), content }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('publish' as const), content }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('take' as const), endpoint, keys: taken }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('wording' as const),
      wording: fc.constantFrom(...wordings),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('source' as const),
      mode: fc.constantFrom<SourceMode>('well', 'fails', 'hangs'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('throttle' as const), requests: fc.nat(3) }),
  },
)

const at = fc.nat(4000)

export const schedule = fc.record({
  connections: fc.constantFrom(1, 3, 16),
  latencies: fc.array(fc.nat(60), { minLength: 1, maxLength: 6 }),
  sourceDelayMs: fc.nat(250),
  first: fc.record({ content, at: fc.constantFrom(0, 0, 500) }),
  taken: fc.tuple(taken, taken),
  events: fc.array(fc.record({ at, event }), { maxLength: 16, size: 'max' }),
  operations: fc.array(
    fc.record({ at, endpoint, what: fc.constantFrom('read', 'write', 'account') }),
    { minLength: 1, maxLength: 24, size: 'max' },
  ),
  /** One container may be made anew, for less long than its bounded retries last. */
  remade: fc.option(fc.record({ at, endpoint, ms: fc.nat(2500) })),
  /** Machines whose clocks jump do so seldom: at most twice here. */
  skews: fc.array(fc.record({ at, skewMs: fc.integer({ min: -5e6, max: 5e6 }) }), { maxLength: 2 }),
})

export type Schedule = typeof schedule extends fc.Arbitrary<infer T> ? T : never

/** What became of one schedule: nothing wrong, and how often something was owed. */
export interface Outcome {
  readonly wrong: readonly string[]
  readonly owed: Readonly<Record<Owed, number>>
  readonly attempts: number
}

const happen = (world: World, it: Event): void => {
  switch (it.do) {
    case 'publish':
    case 'swap':
      world.publish(it.content.keys, it.content.active, it.content.fenced)
      if (it.do === 'swap') world.push()
      return
    case 'take':
      world.accept(it.endpoint, it.keys)
      return
    case 'wording':
      world.wording = it.wording
      return
    case 'source':
      world.become(it.mode)
      return
    case 'throttle':
      world.throttled = it.requests
  }
}

/** Everything that is to happen, each at its time, and all at once. */
const script = (world: World, plan: Schedule): Promise<unknown>[] => {
  const then = (ms: number, run: () => void): Promise<void> => world.clock.sleep(ms).then(run)
  const { first, remade } = plan
  return [
    then(first.at, () => happen(world, { do: 'swap', content: first.content })),
    ...plan.events.map(({ at, event }) => then(at, () => happen(world, event))),
    ...plan.skews.map(({ at, skewMs }) =>
      then(at, () => {
        world.skewMs = skewMs
      }),
    ),
    ...(remade ? [then(remade.at, () => world.remakeContainer(remade.endpoint, remade.ms))] : []),
  ]
}

/** Plays a schedule in virtual time and judges every operation of it. */
export const play = async (plan: Schedule): Promise<Outcome> => {
  const world = new World(plan.connections, plan.latencies)
  const giveTimersBack = world.clock.takeTimers()
  const wrong: string[] = []
  const owed = { held: 0, given: 0, first: 0 }
  try {
    world.sourceDelayMs = plan.sourceDelayMs
    for (const [i, endpoint] of endpoints.entries()) world.accept(endpoint, plan.taken[i] ?? [])
    const operate = async ({ at, endpoint, what }: Schedule['operations'][number]) => {
      await world.clock.sleep(at)
      const from = world.clock.now()
      const failure = await failureOf(world, endpoint, what)
      const to = world.clock.now()
      const why = world.history.owed(endpoint, readWriteKeys, from, to)
      if (why === null) return
      owed[why] += 1
      if (failure) wrong.push(`${what} at ${from}..${to}: ${failure}, though a key was ${why}`)
    }
    await Promise.all([...script(world, plan), ...plan.operations.map(operate)])
    await world.engine.close()
    const { held } = world.ring.sample()
    for (const { fingerprint } of world.ring.refusals) {
      const { primary, secondary } = held?.fingerprints ?? {}
      if (fingerprint !== primary && fingerprint !== secondary) wrong.push('a gone key is refused')
    }
    const { usage } = world.ring.sample()
    if (usage.some(({ inFlight }) => inFlight !== 0)) wrong.push('something stays in flight')
    return { wrong: [...wrong, ...world.wrong], owed, attempts: world.attempts }
  } finally {
    giveTimersBack()
  }
}

/** A sentence, or `null` where the caller got an answer that no key is to blame for. */
const failureOf = async (
  world: World,
  endpoint: Endpoint,
  what: Schedule['operations'][number]['what'],
): Promise<string | null> => {
  try {
    const { status } = await world.operate(endpoint, what)
    return status === 200 || status === 429 ? null : `status ${status}`
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
