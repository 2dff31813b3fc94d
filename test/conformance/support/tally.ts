import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The answers of one process, or of many: counts by operation, and never what was in them. */
export interface AnswerTally {
  /** How many were held against a schema. */
  operations: Record<string, number>
  /** How many were not, by operation and reason. */
  unjudged: Record<string, number>
  /** Each once: operation, place in the body, and the rule. */
  violations: string[]
}

export const emptyTally = (): AnswerTally => ({ operations: {}, unjudged: {}, violations: [] })

/** The sum over every process that wrote into the folder. */
export const sumAnswers = (folder: string): AnswerTally => {
  const sum = emptyTally()
  for (const tally of readAll<AnswerTally>(folder, 'answers-*.json')) {
    addCounts(sum.operations, tally.operations)
    addCounts(sum.unjudged, tally.unjudged)
    sum.violations.push(...tally.violations.filter(each => !sum.violations.includes(each)))
  }
  return sum
}

const addCounts = (sum: Record<string, number>, more: Record<string, number>): void => {
  for (const [name, count] of Object.entries(more)) sum[name] = (sum[name] ?? 0) + count
}

const readAll = <T>(folder: string, pattern: string): readonly T[] =>
  existsSync(folder)
    ? globSync(pattern, { cwd: folder }).map(file =>
        JSON.parse(readFileSync(join(folder, file), 'utf8')),
      )
    : []

/** How one kind of evidence came out. */
export interface Score {
  readonly kind: string
  passed: number
  total: number
  /** What could not be held against anything, and why. */
  skipped: { readonly name: string; readonly reason: string }[]
  readonly failures: string[]
}

export const readScores = (folder: string): readonly Score[] => readAll(folder, 'score-*.json')
