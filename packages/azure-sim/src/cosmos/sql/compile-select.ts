import { type AggregateKind, accumulator, aggregateKind } from './aggregate.ts'
import { checkSelect } from './check.ts'
import { compile, each, type Subquery, type Surroundings, setOwn } from './compile-expression.ts'
import { bindSources, type EachRow } from './compile-sources.ts'
import { type Evaluate, type Frame, Scope } from './scope.ts'
import { SqlError } from './sql-error.ts'
import type { Count, Select, SelectItem, Value } from './syntax.ts'
import { canonicalText } from './value.ts'
import { isGrouped } from './walk.ts'

/** An aggregate of a SELECT: what it folds and how. */
interface Fold {
  readonly kind: AggregateKind
  readonly value: Evaluate
}

/** A SELECT that is ready to run on frames. */
export interface Program {
  readonly select: Select
  readonly slotCount: () => number
  /** The slot that takes the document at hand; none for a query without FROM. */
  readonly root: number | undefined
  readonly eachRow: EachRow
  readonly project: Evaluate
  readonly orderKeys: readonly Evaluate[]
  readonly groupKeys: readonly Evaluate[]
  readonly folds: readonly Fold[]
  readonly grouped: boolean
}

/** @throws SqlError where the query is well formed and means nothing */
export const compileQuery = (select: Select): Program => compileSelect(select, new Scope(), false)

function compileSelect(select: Select, outer: Scope, inner: boolean): Program {
  checkSelect(select, inner)
  const scope = inner ? new Scope(outer) : outer
  const folds: Fold[] = []
  const plain: Surroundings = { scope, subquery: compileSubquery }
  const { root, eachRow } = bindSources(select, plain, inner, compileSubquery, compileDerived)
  const folding: Surroundings = {
    ...plain,
    aggregate: call => {
      const kind = aggregateKind(call.name)
      if (call.udf || kind === undefined) return undefined
      if (call.items.length !== 1) {
        throw new SqlError(`The ${call.name} function requires 1 argument(s).`, 'SC2050', call)
      }
      const [value = () => undefined] = each(call.items, plain)
      const at = folds.push({ kind, value }) - 1
      return frame => frame.aggregates[at]
    },
  }
  return {
    select,
    slotCount: () => scope.slotCount,
    root,
    eachRow: filtered(eachRow, select, plain),
    project: projection(select, folding),
    orderKeys: select.orderBy.map(({ expression }) => compile(expression, plain)),
    groupKeys: each(select.groupBy, plain),
    folds,
    grouped: isGrouped(select),
  }
}

function filtered(eachRow: EachRow, { where }: Select, around: Surroundings): EachRow {
  if (where === undefined) return eachRow
  const condition = compile(where, around)
  return (frame, visit) =>
    eachRow(frame, () => {
      if (condition(frame) === true) visit()
    })
}

function projection({ selection }: Select, around: Surroundings): Evaluate {
  if (selection.kind === 'value') return compile(selection.expression, around)
  if (selection.kind === 'list') return listed(selection.items, around)
  // There is one source only, or the check before would have refused.
  const { last } = around.scope
  return ({ slots }) => (last === undefined ? undefined : slots[last])
}

function listed(items: readonly SelectItem[], around: Surroundings): Evaluate {
  const named = namesOf(items).map((name, at) => {
    const [item] = [items[at]]
    return { name, value: item === undefined ? () => undefined : compile(item.expression, around) }
  })
  return frame => {
    const made: { [name: string]: Value } = {}
    for (const { name, value } of named) setOwn(made, name, value(frame))
    return made
  }
}

/** What the items are called in the answer: alias, last name of the path, or `$1`, `$2`, …. */
export function namesOf(items: readonly SelectItem[]): string[] {
  let unnamed = 0
  return items.map(({ expression, alias }) => {
    if (alias !== undefined) return alias
    if (expression.kind === 'name' || expression.kind === 'member') return expression.name
    return `$${++unnamed}`
  })
}

/** The number that a count stands for in this run. */
export function countOf(count: Count | undefined, parameters: Frame['parameters'], clause: string) {
  if (count === undefined) return undefined
  const value = 'value' in count ? count.value : parameters.get(count.parameter)
  if (Number.isInteger(value) && Number(value) >= 0) return Number(value)
  throw new SqlError(`The ${clause} value must be a non-negative integer.`)
}

/** The groups of all rows that `feed` brings, each with its first row and its aggregates. */
export function fold(program: Program, frame: Frame, feed: (take: () => void) => void): Value[] {
  const { groupKeys, folds, project } = program
  const groups = new Map<string, { slots: Value[]; folded: ReturnType<typeof accumulator>[] }>()
  const open = () => ({
    slots: [...frame.slots],
    folded: folds.map(({ kind }) => accumulator(kind)),
  })
  feed(() => {
    const key = groupKeys.map(of => canonicalText(of(frame))).join('\n')
    let group = groups.get(key)
    if (group === undefined) {
      group = open()
      groups.set(key, group)
    }
    for (const [at, { value }] of folds.entries()) group.folded[at]?.add(value(frame))
  })
  if (groups.size === 0 && groupKeys.length === 0) groups.set('', open())
  const results: Value[] = []
  for (const { slots, folded } of groups.values()) {
    const result = project({ ...frame, slots, aggregates: folded.map(one => one.result()) })
    if (result !== undefined) results.push(result)
  }
  return results
}

/** All results of a subquery. */
function compileSubquery(select: Select, outer: Scope): Subquery {
  const program = compileSelect(select, outer, true)
  return frame => {
    const results = program.grouped
      ? fold(program, frame, take => program.eachRow(frame, take))
      : gathered(program, frame)
    const once = select.distinct
      ? [...new Map(results.map(value => [canonicalText(value), value])).values()]
      : results
    return once.slice(0, countOf(select.top, frame.parameters, 'TOP'))
  }
}

function gathered({ eachRow, project }: Program, frame: Frame): Value[] {
  const results: Value[] = []
  eachRow(frame, () => {
    const value = project(frame)
    if (value !== undefined) results.push(value)
  })
  return results
}

/** `FROM (SELECT … FROM c)`: a subquery that reads the documents, one at a time. */
function compileDerived(select: Select, outer: Scope): { root: number | undefined; run: Subquery } {
  const whole = select.distinct || select.top !== undefined || isGrouped(select)
  if (whole) {
    throw new SqlError(
      'Subqueries in FROM that fold or count the documents of the container are not supported by this simulator.',
    )
  }
  checkSelect(select, true)
  const program = compileSelect(select, new Scope(outer), false)
  return { root: program.root, run: frame => gathered(program, frame) }
}
