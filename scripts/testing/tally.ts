import type { Block, Point } from './tap-tree.ts'

export interface Failure {
  /** From the file inwards: what failed. */
  readonly path: readonly string[]
  /** What tap knows of it. */
  readonly details: Readonly<Record<string, unknown>>
}

export interface Tally {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
  readonly failures: readonly Failure[]
  readonly skips: readonly Skip[]
}

/** A test that did not run. */
export interface Skip {
  readonly path: readonly string[]
  /** Empty where none was given. */
  readonly reason: string
}

export const nothing: Tally = { passed: 0, failed: 0, skipped: 0, failures: [], skips: [] }
export const pass: Tally = { ...nothing, passed: 1 }

/** One failed test, with everything in it that failed. */
export const fail = (...failures: readonly Failure[]): Tally => ({
  ...nothing,
  failed: 1,
  failures,
})

export const add = (a: Tally, b: Tally): Tally => ({
  passed: a.passed + b.passed,
  failed: a.failed + b.failed,
  skipped: a.skipped + b.skipped,
  failures: [...a.failures, ...b.failures],
  skips: [...a.skips, ...b.skips],
})

export const closingLine = ({ passed, failed, skipped }: Tally): string =>
  `${passed} passed, ${failed} failed, ${skipped} skipped`

/**
 * What one file came to. The unit is a test, not an assertion: a block (`t.test`, or the file
 * itself) that holds assertions of its own, or holds nothing and did not throw. A block that
 * only groups others is none. So the number of tests does not depend on how often a loop
 * asserts.
 */
export const tallyFile = (point: Point): Tally => {
  const ranNothing = point.skip === 'no tests found'
  if (ranNothing && point.ok)
    return fail({ path: [point.name], details: { message: 'ran no test' } })
  return tallyBlock(point, point.block ?? { points: [] }, [])
}

const tallyBlock = (closing: Point, block: Block, above: readonly string[]): Tally => {
  const path = [...above, closing.name]
  if (isExcused(closing)) return excuse(path, closing)
  const inner = block.points
    .flatMap(point => (point.block === undefined ? [] : [tallyBlock(point, point.block, path)]))
    .reduce(add, nothing)
  const own = block.points.filter(point => point.block === undefined)
  const skipped = own.filter(isExcused).map(point => excuse([...path, point.name], point))
  return [...skipped, tallyOwn(closing, block, own, inner, path)].reduce(add, inner)
}

const tallyOwn = (
  closing: Point,
  block: Block,
  own: readonly Point[],
  inner: Tally,
  path: readonly string[],
): Tally => {
  const failures = own
    .filter(point => !point.ok && !isExcused(point))
    .map(({ name, details }) => ({ path: [...path, name], details }))
  if (failures.length > 0) return fail(...failures)
  // It crashed, timed out, missed its plan or ended with a code of its own.
  if (!closing.ok && inner.failed === 0) return fail({ path, details: closing.details })
  const isTest = block.points.length === 0 || own.some(point => !isExcused(point))
  return isTest ? pass : nothing
}

const excuse = (path: readonly string[], { skip, todo }: Point): Tally => {
  const reason = [skip, todo].find(each => typeof each === 'string') ?? ''
  return { ...nothing, skipped: 1, skips: [{ path, reason: String(reason) }] }
}

/** A `t.test` that is skipped or still to do has no block: it looks like an assertion. */
const isExcused = ({ skip, todo }: Point): boolean => skip !== false || todo !== false
