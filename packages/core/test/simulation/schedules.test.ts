import fc from 'fast-check'
import t from 'tap'
import { schedule } from './schedule.ts'
import { Simulation } from './simulation.ts'

const seed = Number(process.env['SEED'] ?? 20_260)
const numRuns = Number(process.env['RUNS'] ?? 120)

t.test(`no schedule of faults breaks an invariant: SEED=${seed} RUNS=${numRuns}`, async t => {
  let completed = 0
  fc.assert(
    fc.property(schedule, weather => {
      const simulation = new Simulation(weather)
      const violations = simulation.run()
      if (simulation.rig.phase === 'completed') completed += 1
      if (violations.length > 0) throw new Error(violations.join('\n'))
    }),
    { seed, numRuns },
  )
  t.ok(completed > numRuns / 4, `${completed} of ${numRuns} turns completed, the others reverted`)
})
