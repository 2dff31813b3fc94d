import fc from 'fast-check'
import t from 'tap'
import { type Schedule, schedule } from './schedule.ts'
import { Simulation } from './simulation.ts'

const seed = Number(process.env['SEED'] ?? 20_260)
const numRuns = Number(process.env['RUNS'] ?? 120)

/** Traces that chance meets too seldom, each the one that a rule was made for. */
const examples: [Schedule][] = [
  // Aborted while a POST is on its way that arrives at the last moment (PROTOCOL, P1 and P4).
  { at: { phase: 'regenerating-standby', after: 3 } as const, kind: 'aborted' as const },
  // A client that vanished from its sidecar, and signs on (P12).
  { at: { phase: 'fencing-standby', after: 0 } as const, kind: 'client-away' as const },
].map(fault => [
  {
    faults: [{ ...fault, who: 0, client: 0, seconds: 70 }],
    mail: ['late'],
    regenerationMs: 1_000,
    lagsMs: [0, 0],
    lateAt: null,
  },
])

t.test(`no schedule of faults breaks an invariant: SEED=${seed} RUNS=${numRuns}`, async t => {
  let completed = 0
  fc.assert(
    fc.property(schedule, weather => {
      const simulation = new Simulation(weather)
      const violations = simulation.run()
      if (simulation.rig.phase === 'completed') completed += 1
      if (violations.length > 0) throw new Error(violations.join('\n'))
    }),
    { seed, numRuns, examples },
  )
  t.ok(completed > numRuns / 4, `${completed} of ${numRuns} turns completed, the others reverted`)
})
