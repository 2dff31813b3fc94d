import type { Json } from '../json.ts'
import { aggregateKind } from './aggregate.ts'
import { checkComposition } from './check.ts'
import { countOf, namesOf } from './compile-select.ts'
import { printExpression, printOrder, printSelection, printSources } from './print.ts'
import type { Expression, Select, SelectItem, Value } from './syntax.ts'
import { isAggregate, isGrouped, selected } from './walk.ts'

/*
 * The query plan that the SDKs ask for before they send a query to each partition and merge the
 * answers. The forms are those of Microsoft.Azure.Cosmos.Tests, QueryPlanBaselineTests.*.xml.
 */

/** The place in a rewritten query where a client puts what it has already seen. */
const seenFilter = '{documentdb-formattableorderbyquery-filter}'

/** A stretch of the hash space, its ends in hex. */
export interface PlanRange {
  readonly min: string
  readonly max: string
  readonly isMinInclusive: boolean
  readonly isMaxInclusive: boolean
}

/** Whether the answers of several partitions can simply be joined end to end. */
export const needsNoMerge = (select: Select): boolean =>
  select.top === undefined &&
  select.window === undefined &&
  select.orderBy.length === 0 &&
  !select.distinct &&
  !isGrouped(select)

/** Whether one partition's answer is the whole answer, where the WHERE clause pins one key. */
export const needsNoFold = (select: Select): boolean => !select.distinct && !isGrouped(select)

/**
 * The plan of a query; `pinned` where its WHERE clause names one partition key.
 *
 * @throws SqlError for what no client could merge
 */
export function planOf(
  select: Select,
  parameters: ReadonlyMap<string, Value>,
  ranges: readonly PlanRange[],
  pinned: boolean,
): Json {
  checkComposition(select)
  const passed = needsNoMerge(select) || (pinned && needsNoFold(select))
  const queryInfo = passed ? plainInfo(select) : mergeInfo(select, parameters)
  return {
    partitionedQueryExecutionInfoVersion: 2,
    queryInfo,
    queryRanges: ranges.map(range => ({ ...range })),
  }
}

const plainInfo = ({ selection }: Select) => ({
  distinctType: 'None' as string,
  top: null as number | null,
  offset: null as number | null,
  limit: null as number | null,
  orderBy: [] as readonly string[],
  orderByExpressions: [] as readonly string[],
  groupByExpressions: [] as readonly string[],
  groupByAliases: [] as readonly string[],
  aggregates: [] as readonly string[],
  groupByAliasToAggregateType: {} as Record<string, string | null>,
  rewrittenQuery: '',
  hasSelectValue: selection.kind === 'value',
  dCountInfo: null,
  hasNonStreamingOrderBy: false,
})

function mergeInfo(select: Select, parameters: ReadonlyMap<string, Value>) {
  const { top, window, orderBy, groupBy } = select
  const counts = {
    top: countOf(top, parameters, 'TOP') ?? null,
    offset: countOf(window?.offset, parameters, 'OFFSET') ?? null,
    limit: countOf(window?.limit, parameters, 'LIMIT') ?? null,
  }
  const listed = isGrouped(select) && select.selection.kind === 'list' ? select.selection.items : []
  return {
    ...plainInfo(select),
    ...counts,
    distinctType: distinctTypeOf(select),
    orderBy: orderBy.map(({ direction }) => (direction === 'DESC' ? 'Descending' : 'Ascending')),
    orderByExpressions: orderBy.map(({ expression }) => printExpression(expression)),
    groupByExpressions: groupBy.map(printExpression),
    groupByAliases: namesOf(listed),
    aggregates: aggregatesOf(select),
    groupByAliasToAggregateType: aliasesOf(listed),
    rewrittenQuery: rewritten(select, counts),
  }
}

const kindOf = (expression: Expression): string | null =>
  expression.kind === 'call' && isAggregate(expression)
    ? (aggregateKind(expression.name) ?? null)
    : null

/** Of `SELECT VALUE COUNT(1)` and its like; lists tell theirs by alias. */
function aggregatesOf(select: Select): string[] {
  if (select.selection.kind !== 'value') return []
  return selected(select).flatMap(expression => kindOf(expression) ?? [])
}

function aliasesOf(items: readonly SelectItem[]): Record<string, string | null> {
  const names = namesOf(items)
  return Object.fromEntries(
    items.map(({ expression }, at) => [names[at] ?? '', kindOf(expression)] as const),
  )
}

/** In order where what is selected is what is sorted by, so that a client need keep only the last. */
function distinctTypeOf({ distinct, selection, orderBy }: Select): string {
  if (!distinct) return 'None'
  const [item, ...others] = orderBy
  const ordered =
    item !== undefined &&
    others.length === 0 &&
    selection.kind === 'value' &&
    printExpression(selection.expression) === printExpression(item.expression)
  return ordered ? 'Ordered' : 'Unordered'
}

interface Counts {
  readonly top: number | null
  readonly offset: number | null
  readonly limit: number | null
}

/** What each partition is asked, or '' where that is the query itself. */
function rewritten(select: Select, { top, offset, limit }: Counts): string {
  const grouped = isGrouped(select)
  const { distinct, orderBy, window } = select
  if (!grouped && orderBy.length === 0 && (window === undefined || distinct)) {
    return distinct && (window !== undefined || top !== null) ? plainQuery(select, 'DISTINCT ') : ''
  }
  if (grouped) return groupedQuery(select)
  const counted = distinct || top === null ? '' : `TOP ${top} `
  const tail = distinct || offset === null ? '' : `\nOFFSET 0 LIMIT ${offset + (limit ?? 0)}`
  return orderBy.length === 0
    ? plainQuery(select, counted) + tail
    : orderedQuery(select, counted) + tail
}

function plainQuery(select: Select, counted: string): string {
  return `SELECT ${counted}${printSelection(select)}${fromWhere(select, printedWhere(select))}`
}

const printedWhere = ({ where }: Select): string | undefined =>
  where === undefined ? undefined : inParentheses(where)

function inParentheses(expression: Expression): string {
  const text = printExpression(expression)
  return text.startsWith('(') ? text : `(${text})`
}

const fromWhere = (select: Select, where: string | undefined): string =>
  `${select.sources.length === 0 ? '' : `\nFROM ${printSources(select)}`}${where === undefined ? '' : `\nWHERE ${where}`}`

/** Each partition answers in order, with what it sorted by, so that a client can merge. */
function orderedQuery(select: Select, counted: string): string {
  const { orderBy, where, selection } = select
  const items = orderBy.map(({ expression }) => `{"item": ${printExpression(expression)}}`)
  const conditions = [
    ...(where === undefined ? [] : [inParentheses(where)]),
    `(${seenFilter})`,
    ...(selection.kind === 'value' ? [`IS_DEFINED(${printExpression(selection.expression)})`] : []),
  ]
  const filter = conditions.reduce((all, one) => `(${all} AND ${one})`)
  const root = select.sources[0]
  const rid = `${root?.alias ?? (root?.origin.kind === 'path' ? printExpression(root.origin.expression) : 'c')}._rid`
  return [
    `SELECT ${counted}${rid}, [${items.join(', ')}] AS orderByItems, ${payloadOf(select)} AS payload`,
    `FROM ${printSources(select)}`,
    `WHERE ${filter}`,
    `ORDER BY ${printOrder(orderBy)}`,
  ].join('\n')
}

function payloadOf({ selection, sources }: Select): string {
  if (selection.kind === 'value') return printExpression(selection.expression)
  if (selection.kind === 'list') return objectOf(selection.items, printExpression)
  const [root] = sources
  return (
    root?.alias ?? (root?.origin.kind === 'path' ? printExpression(root.origin.expression) : 'c')
  )
}

function objectOf(items: readonly SelectItem[], print: (of: Expression) => string): string {
  const names = namesOf(items)
  return `{${items.map(({ expression }, at) => `${JSON.stringify(names[at])}: ${print(expression)}`).join(', ')}}`
}

/** Each partition folds its own rows, to what a client can fold further. */
function groupedQuery(select: Select): string {
  const { selection, groupBy } = select
  const keys = groupBy.map(key => `{"item": ${printExpression(key)}}`).join(', ')
  const group = groupBy.length === 0 ? '' : `\nGROUP BY ${groupBy.map(printExpression).join(', ')}`
  const rest = `${fromWhere(select, printedWhere(select))}${group}`
  const prefix = groupBy.length === 0 ? '' : `[${keys}] AS groupByItems, `
  if (selection.kind !== 'value') {
    const items = selection.kind === 'list' ? selection.items : []
    return `SELECT ${prefix}${objectOf(items, partial)} AS payload${rest}`
  }
  const value = isAggregate(selection.expression)
    ? `[${partial(selection.expression)}]`
    : printExpression(selection.expression)
  return groupBy.length === 0
    ? `SELECT VALUE ${value}${rest}`
    : `SELECT ${prefix}${value} AS payload${rest}`
}

/** An aggregate of one partition, with all that is needed to go on with it. */
function partial(expression: Expression): string {
  const kind = kindOf(expression)
  if (kind === null || expression.kind !== 'call') return printExpression(expression)
  const of = expression.items.map(printExpression).join(', ')
  if (kind === 'Average') return `{"item": {"sum": SUM(${of}), "count": COUNT(${of})}}`
  if (kind === 'Min' || kind === 'Max') {
    const name = kind.toUpperCase()
    return `{"item": ${name}(${of}), "item2": {"${kind.toLowerCase()}": ${name}(${of}), "count": COUNT(${of})}}`
  }
  return `{"item": ${expression.name}(${of})}`
}

/** Which of a client's abilities a query asks for, as the SDKs name them. */
export function featuresOf(select: Select): string[] {
  const aggregates = selected(select).flatMap(expression => kindOf(expression) ?? [])
  const value = select.selection.kind === 'value'
  const asked: readonly (readonly [feature: string, needed: boolean])[] = [
    ['Aggregate', value && aggregates.length > 0],
    ['NonValueAggregate', !value && aggregates.length > 0],
    ['MultipleAggregates', aggregates.length > 1],
    ['CountIf', aggregates.includes('CountIf')],
    ['ListAndSetAggregate', aggregates.some(kind => kind.startsWith('Make'))],
    ['Distinct', select.distinct],
    ['GroupBy', select.groupBy.length > 0],
    ['OrderBy', select.orderBy.length > 0],
    ['MultipleOrderBy', select.orderBy.length > 1],
    ['OffsetAndLimit', select.window !== undefined],
    ['Top', select.top !== undefined],
  ]
  return asked.filter(([, needed]) => needed).map(([feature]) => feature)
}
