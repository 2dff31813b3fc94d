import { compile, type Subquery, type Surroundings } from './compile-expression.ts'
import { type Evaluate, type Frame, Scope } from './scope.ts'
import { SqlError } from './sql-error.ts'
import type { Expression, Select, Source, Value } from './syntax.ts'

/** Binds one combination of FROM and JOIN after the other, and calls `visit` for each. */
export type EachRow = (frame: Frame, visit: () => void) => void

export interface Bound {
  /** The slot of the container's document, where FROM reads the container. */
  readonly root: number | undefined
  readonly eachRow: EachRow
}

type CompileSubquery = (select: Select, scope: Scope) => Subquery
type CompileDerived = (
  select: Select,
  scope: Scope,
) => { readonly root: number | undefined; readonly run: Subquery }

/** `maxJoinsPerSqlQuery`, as the account read tells it. */
const joinsMax = 10

/**
 * For one page: JOINs multiply, and nobody else is served meanwhile. The service ends a page by its
 * time, and goes on with the next; which rows that would be is nothing to rely on.
 */
const boundMax = 10_000_000

const tooManyRows = (): SqlError =>
  new SqlError(
    `The query binds more than ${boundMax} rows in FROM and JOIN: too many for one page of this simulator.`,
  )

/** Compiles FROM and JOINs; binds their names in the scope, in order. */
export function bindSources(
  { sources }: Select,
  around: Surroundings,
  inner: boolean,
  compileSubquery: CompileSubquery,
  compileDerived: CompileDerived,
): Bound {
  const { scope } = around
  const [first, ...joins] = sources
  if (first === undefined) return { root: undefined, eachRow: (_, visit) => visit() }
  if (joins.length > joinsMax) {
    throw new SqlError(
      `The SQL query exceeded the maximum number of joins. The allowed limit is ${joinsMax}.`,
      'SC3003',
    )
  }
  let root: number | undefined
  const valuesOfFirst = (): Evaluate | Subquery => {
    if (first.origin.kind === 'subquery') {
      if (inner) return compileSubquery(first.origin.select, scope)
      const derived = compileDerived(first.origin.select, scope)
      root = derived.root
      return derived.run
    }
    const name = rootNameOf(first.origin.expression)
    // Within a subquery a name that is bound outside stands for what it is bound to.
    if (inner) return compile(first.origin.expression, around)
    const container = new Scope(scope)
    root = container.bind(name)
    return compile(first.origin.expression, { ...around, scope: container })
  }
  const steps = [stepOf(first, valuesOfFirst(), scope)]
  for (const join of joins) {
    const { origin } = join
    const values =
      origin.kind === 'subquery'
        ? compileSubquery(origin.select, scope)
        : compile(origin.expression, around)
    steps.push(stepOf(join, values, scope))
  }
  return { root, eachRow: chained(steps) }
}

/** Gives each row of one source, bound to its slot. */
type Step = (frame: Frame, visit: () => void) => void

function stepOf(source: Source, values: Evaluate, scope: Scope): Step {
  const { iterates, origin } = source
  const name = nameOf(source)
  const slot = name === undefined ? scope.reserve() : scope.bind(name)
  const bind = (frame: Frame, value: Value, visit: () => void): void => {
    if (++frame.bound.count > boundMax) throw tooManyRows()
    frame.slots[slot] = value
    visit()
  }
  if (origin.kind === 'subquery') {
    return (frame, visit) => {
      for (const value of values(frame) as Value[]) {
        const rows = iterates ? (Array.isArray(value) ? value : []) : [value]
        for (const row of rows) bind(frame, row, visit)
      }
    }
  }
  return (frame, visit) => {
    const value = values(frame)
    if (!iterates) {
      if (value !== undefined) bind(frame, value, visit)
    } else if (Array.isArray(value)) for (const row of value) bind(frame, row, visit)
  }
}

function chained([step, ...rest]: readonly Step[]): EachRow {
  if (step === undefined) return (_, visit) => visit()
  if (rest.length === 0) return step
  const inner = chained(rest)
  return (frame, visit) => step(frame, () => inner(frame, visit))
}

function rootNameOf(path: Expression): string {
  if (path.kind === 'name') return path.name
  if (path.kind === 'member' || path.kind === 'index') return rootNameOf(path.of)
  throw new Error('A path begins with a name.')
}

/** The alias, or the last name of the path. */
function nameOf({ alias, origin }: Source): string | undefined {
  if (alias !== undefined) return alias
  if (origin.kind === 'subquery') return undefined
  const { expression } = origin
  if (expression.kind === 'name' || expression.kind === 'member') return expression.name
  return undefined
}
