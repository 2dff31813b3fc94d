import fc from 'fast-check'
import { foundSchedules } from './found-schedules.ts'
import { play, schedule } from './schedule.ts'

/** Plays schedules from a fixed seed until one is wrong, and prints how many that took. */
const { numRuns, failed, errorInstance } = await fc.check(
  fc.asyncProperty(schedule, async plan => {
    const { wrong } = await play(plan)
    if (wrong.length > 0) throw new Error(wrong.join('; '))
  }),
  {
    seed: Number(process.env['KEYTURN_SEED'] ?? 7),
    numRuns: Number(process.env['KEYTURN_RUNS'] ?? 1500),
    endOnFailure: true,
    examples: foundSchedules.map(plan => [plan]),
  },
)
const why = errorInstance instanceof Error ? errorInstance.message : null
process.stdout.write(`${JSON.stringify({ caught: failed, after: numRuns, why })}\n`)
