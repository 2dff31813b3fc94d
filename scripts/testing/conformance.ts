import type { AnswerTally, Score } from '../../test/conformance/support/tally.ts'
import type { Tally } from './tally.ts'

export interface Held {
  readonly passed: number
  readonly total: number
}

interface Skipped {
  readonly name: string
  readonly reason: string
}

/** What a run of the conformance tests came to. */
export interface Conformance {
  readonly vectors: Held
  readonly schemas: {
    /** How many of Microsoft's operations were answered. */
    readonly operations: number
    readonly validated: number
    readonly violations: number
  }
  readonly examples: Held
  readonly recordings: Held
  readonly errors: Held
  readonly tests: Omit<Tally, 'failures' | 'skips'>
  readonly skipped: readonly Skipped[]
  readonly failures: readonly string[]
  readonly ok: boolean
}

export const kinds = ['vectors', 'examples', 'recordings', 'errors'] as const

/** Sums up. Not `ok` where anything failed, or went missing without a word. */
export const sumUp = (
  tests: Tally,
  answers: AnswerTally,
  scores: readonly Score[],
): Conformance => {
  const score = (kind: string) => scores.find(each => each.kind === kind)
  const missing = kinds.filter(kind => score(kind) === undefined)
  const held = (kind: string): Held => {
    const { passed = 0, total = 0 } = score(kind) ?? {}
    return { passed, total }
  }
  const all = Object.fromEntries(kinds.map(kind => [kind, held(kind)])) as Record<
    (typeof kinds)[number],
    Held
  >
  const skipped = skippedIn(tests, answers, scores)
  const failures = [
    ...missing.map(kind => `${kind}: nothing was counted`),
    ...scores.flatMap(({ kind, failures }) => failures.map(each => `${kind}: ${each}`)),
    ...kinds
      .filter(kind => all[kind].passed < all[kind].total)
      .map(kind => `${kind}: ${all[kind].passed} of ${all[kind].total}`),
    ...answers.violations,
    ...tests.failures.map(({ path }) => path.join(' › ')),
    ...skipped
      .filter(({ reason }) => reason === '')
      .map(({ name }) => `${name} was skipped silently`),
  ]
  const { passed, failed, skipped: count } = tests
  return {
    vectors: all.vectors,
    schemas: schemasOf(answers),
    examples: all.examples,
    recordings: all.recordings,
    errors: all.errors,
    tests: { passed, failed, skipped: count },
    skipped,
    failures,
    ok: failures.length === 0 && failed === 0 && passed > 0,
  }
}

/** One operation in several versions is one operation. */
const schemasOf = ({ operations, violations }: AnswerTally): Conformance['schemas'] => ({
  operations: new Set(Object.keys(operations).map(name => name.split(' ').at(-1))).size,
  validated: Object.values(operations).reduce((sum, count) => sum + count, 0),
  violations: violations.length,
})

const skippedIn = (
  tests: Tally,
  { unjudged }: AnswerTally,
  scores: readonly Score[],
): readonly Skipped[] => [
  ...tests.skips.map(({ path, reason }) => ({ name: path.join(' › '), reason })),
  ...scores.flatMap(({ kind, skipped }) =>
    skipped.map(({ name, reason }) => ({ name: `${kind}: ${name}`, reason })),
  ),
  ...Object.entries(unjudged).map(([name, count]) => ({
    name: 'schemas',
    reason: `${count} answers without a schema: ${name}`,
  })),
]
