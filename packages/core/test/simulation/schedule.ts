import { slots, turnPhases } from '@keyturn/core'
import fc from 'fast-check'

/** At a second of the turn, or so many seconds after it entered a phase: where it hurts. */
const at = fc.oneof(
  fc.integer({ min: 0, max: 260 }),
  fc.record({ phase: fc.constantFrom(...turnPhases), after: fc.integer({ min: 0, max: 12 }) }),
)
const seconds = fc.integer({ min: 1, max: 70 })
const who = fc.integer({ min: 0, max: 2 })
const slot = fc.constantFrom(...slots)

const lasting = <K extends string>(...kinds: readonly K[]) =>
  fc.record({ at, kind: fc.constantFrom(...kinds), who, client: fc.nat(1), seconds })

/** What may befall a turn, with when, whom and for how long. */
export const fault = fc.oneof(
  lasting('silent', 'deaf', 'member-restarts', 'refuses', 'machine-is-lost'),
  lasting(
    'client-deaf',
    'client-away',
    'client-busy',
    'client-busy-on-standby',
    'client-fails-over',
    'client-dies',
  ),
  lasting('client-starts', 'coordinator-away', 'paused', 'aborted', 'arm-down', 'vault-down'),
  fc.record({ at, kind: fc.constantFrom('hand' as const, 'region' as const), slot, seconds }),
  fc.record({ at, kind: fc.constantFrom('vault-lost' as const, 'azure-fails' as const), seconds }),
)

export type Fault = typeof fault extends fc.Arbitrary<infer F> ? F : never

/** One turn's whole weather. A member may come late, and follow a source that lags. */
export const schedule = fc.record({
  faults: fc.array(fault, { maxLength: 14 }),
  mail: fc.array(fc.constantFrom('delivered', 'answer-lost', 'never-sent', 'late' as const), {
    maxLength: 4,
  }),
  regenerationMs: fc.constantFrom(1_000, 10_000, 60_000),
  lagsMs: fc.tuple(fc.constantFrom(0, 20_000), fc.constantFrom(0, 40_000)),
  lateAt: fc.option(at),
})

export type Schedule = typeof schedule extends fc.Arbitrary<infer S> ? S : never
