import fc from 'fast-check'
import t from 'tap'
import { foundSchedules } from './support/found-schedules.ts'
import { type Outcome, play, schedule } from './support/schedule.ts'

const numRuns = Number(process.env['KEYTURN_RUNS'] ?? 300)

t.test('in no schedule does an operation fail that a good key was there for', async t => {
  const sum = { runs: 0, held: 0, given: 0, first: 0, attempts: 0 }
  const add = ({ owed, attempts }: Outcome): void => {
    sum.runs += 1
    sum.held += owed.held
    sum.given += owed.given
    sum.first += owed.first
    sum.attempts += attempts
  }
  await fc.assert(
    fc.asyncProperty(schedule, async plan => {
      const outcome = await play(plan)
      add(outcome)
      if (outcome.wrong.length > 0) throw new Error(outcome.wrong.join('; '))
    }),
    {
      examples: foundSchedules.map(plan => [plan]),
      numRuns,
      interruptAfterTimeLimit: 90_000,
      markInterruptAsFailure: false,
    },
  )
  t.comment(sum)
  t.ok(sum.attempts > sum.runs, `${sum.attempts} attempts were judged`)
  t.ok(sum.held > sum.runs, `${sum.held} operations were owed success by a key held`)
  t.ok(sum.given > sum.runs / 50, `${sum.given} by a key that the source had`)
  t.ok(sum.first > sum.runs / 50, `${sum.first} by the first keyset`)
})
