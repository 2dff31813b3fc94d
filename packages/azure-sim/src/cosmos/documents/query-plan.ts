import { badRequest } from '../errors.ts'
import type { Json } from '../json.ts'
import type { QuerySpec } from './query-engine.ts'
import { wholeSpace } from './ranges.ts'

/** What a client must merge itself, and this simulator does not plan for. */
const needsMerging = /\b(order\s+by|group\s+by|distinct|offset|top|count|sum|avg|min|max)\b/i

/**
 * The query plan that the SDKs ask for before they fan a query out. A query that any partition
 * answers for itself has an empty plan. Others are refused as the service refuses what a client
 * cannot merge: the simulator answers those itself, over all partitions at once.
 */
export function planOf({ query }: QuerySpec): Json {
  if (needsMerging.test(query)) {
    throw badRequest(
      'Query contains 1 or more unsupported features. Upgrade your SDK to a version that does support the requested features.',
    )
  }
  return {
    partitionedQueryExecutionInfoVersion: 2,
    queryInfo: {
      distinctType: 'None',
      top: null,
      offset: null,
      limit: null,
      orderBy: [],
      orderByExpressions: [],
      groupByExpressions: [],
      groupByAliases: [],
      aggregates: [],
      groupByAliasToAggregateType: {},
      rewrittenQuery: '',
      hasSelectValue: /\bselect\s+value\b/i.test(query),
      hasNonStreamingOrderBy: false,
    },
    queryRanges: [
      { min: wholeSpace.min, max: wholeSpace.max, isMinInclusive: true, isMaxInclusive: false },
    ],
  }
}
