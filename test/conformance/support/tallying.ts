import { randomUUID } from 'node:crypto'
import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { azureSpec } from '../../../packages/azure-sim/test/specs.ts'
import { Contracts } from '../openapi/contracts.ts'
import { Judge, type Judgement, type Seen } from '../openapi/judge.ts'
import { type AnswerTally, emptyTally } from './tally.ts'

/** Judges the answers of this process, and writes down how many there were of what. */
export interface Tallying {
  readonly failed: boolean
  take(answers: readonly unknown[]): void
}

/** @param into the folder for the tally; `null` where nobody will sum it */
export const startTallying = (into: string | null): Tallying => {
  const judge = new Judge(new Contracts(azureSpec.folder))
  const tally = emptyTally()
  const file = into === null ? null : join(into, `answers-${process.pid}-${randomUUID()}.json`)
  return {
    get failed() {
      return tally.violations.length > 0
    },
    take(answers) {
      for (const answer of answers) {
        for (const sentence of count(tally, judge.judge(answer as Seen))) {
          process.stderr.write(`${sentence}\n`)
        }
      }
      if (file !== null && into !== null) write(into, file, tally)
    },
  }
}

/** In one step: whoever sums sees the old tally or the new one. */
const write = (into: string, file: string, tally: AnswerTally): void => {
  mkdirSync(into, { recursive: true })
  writeFileSync(`${file}.new`, JSON.stringify(tally))
  renameSync(`${file}.new`, file)
}

/** Counts, and returns what is new and bad, as sentences. */
const count = (tally: AnswerTally, judged: Judgement): readonly string[] => {
  const { operation, version, complaints, unjudged } = judged
  if (unjudged !== undefined) {
    const name = `${operation}: ${unjudged}`
    tally.unjudged[name] = (tally.unjudged[name] ?? 0) + 1
    return []
  }
  tally.operations[operation] = (tally.operations[operation] ?? 0) + 1
  const sentences = complaints.map(
    complaint =>
      `An answer to ${operation} (api-version ${version || 'none'}) breaks its schema: ${complaint}`,
  )
  const fresh = sentences.filter(sentence => !tally.violations.includes(sentence))
  tally.violations.push(...fresh)
  return fresh
}
