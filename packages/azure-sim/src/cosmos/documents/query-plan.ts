import { badRequest } from '../errors.ts'
import type { Json } from '../json.ts'
import { type Clauses, clausesOf, listItems } from './query-clauses.ts'
import type { QuerySpec } from './query-engine.ts'
import { wholeSpace } from './ranges.ts'

/** What a client would have to merge over partitions, and this simulator does not plan for. */
const unplanned = /\b(group\s+by|distinct|offset|count\s*\(|sum\s*\(|avg\s*\(|min\s*\(|max\s*\()/i

const refuse = (): Error =>
  badRequest(
    'Query contains 1 or more unsupported features. Upgrade your SDK to a version that does support the requested features.',
  )

/** The place in a rewritten query where a client puts what it has already seen. */
const seenFilter = '({documentdb-formattableorderbyquery-filter})'

/** What a selected item is called in the answer: its alias, or the last name of its path. */
function nameOf(item: string): { name: string; expression: string } {
  const aliased = /^(.+?)\s+as\s+(\w+)$/is.exec(item)
  if (aliased !== null) return { name: aliased[2] ?? '', expression: aliased[1] ?? '' }
  const name = /(?:\.(\w+)|\["([^"]+)"\])$/.exec(item)
  if (name === null) throw refuse()
  return { name: name[1] ?? name[2] ?? '', expression: item }
}

function payloadOf({ value, projection, alias }: Clauses): string {
  if (projection.trim() === '*') return alias
  if (value) return projection
  const items = listItems(projection).map(nameOf)
  return `{${items.map(({ name, expression }) => `"${name}": ${expression}`).join(', ')}}`
}

/** Each partition answers in order, with what it sorted by, so that a client can merge. */
function rewrite(clauses: Clauses): string {
  const { alias, from, where, orderBy, top } = clauses
  const items = orderBy.map(({ expression }) => `{"item": ${expression}}`).join(', ')
  const order = orderBy.map(
    ({ expression, descending }) => `${expression} ${descending ? 'DESC' : 'ASC'}`,
  )
  return [
    `SELECT ${top === undefined ? '' : `TOP ${top} `}${alias}._rid, [${items}] AS orderByItems,`,
    `${payloadOf(clauses)} AS payload FROM ${from}`,
    `WHERE ${where === undefined ? '' : `(${where}) AND `}${seenFilter}`,
    `ORDER BY ${order.join(', ')}`,
  ].join(' ')
}

/**
 * The query plan that the SDKs ask for before they fan a query out: filters, projections, TOP and
 * ORDER BY. What else a client would have to merge is refused, as the service refuses what a client
 * says it cannot merge; the simulator answers those queries itself, over all partitions at once.
 */
export function planOf({ query }: QuerySpec): Json {
  const clauses = clausesOf(query)
  if (clauses === undefined || unplanned.test(query)) throw refuse()
  const { orderBy, top, value } = clauses
  return {
    partitionedQueryExecutionInfoVersion: 2,
    queryInfo: {
      distinctType: 'None',
      top: top ?? null,
      offset: null,
      limit: null,
      orderBy: orderBy.map(({ descending }) => (descending ? 'Descending' : 'Ascending')),
      orderByExpressions: orderBy.map(({ expression }) => expression),
      groupByExpressions: [],
      groupByAliases: [],
      aggregates: [],
      groupByAliasToAggregateType: {},
      rewrittenQuery: orderBy.length === 0 ? '' : rewrite(clauses),
      hasSelectValue: value,
      hasNonStreamingOrderBy: false,
    },
    queryRanges: [
      { min: wholeSpace.min, max: wholeSpace.max, isMinInclusive: true, isMaxInclusive: false },
    ],
  }
}
