import { badRequest } from '../errors.ts'
import type { Json } from '../json.ts'
import { outermost } from './query-clauses.ts'

/** DISTINCT and OFFSET … LIMIT, which the engine does not know; applied to what it answers. */
export interface Supplement {
  /** The query without them. */
  readonly query: string
  readonly distinct: boolean
  readonly offset: number
  readonly limit: number
}

type Parameters = readonly { readonly name: string; readonly value: Json }[]

const tail = /\s+offset\s+(\d+|@\w+)\s+limit\s+(\d+|@\w+)\s*$/i

/** Longer than any two numbers or names of parameters that make sense. */
const tailMax = 200

/** `undefined` where the query has neither. */
export function supplementOf(query: string, parameters: Parameters): Supplement | undefined {
  const masked = outermost(query).trimEnd()
  // Only the end is searched: a pattern that may start at any blank of a long text is slow.
  const endFrom = Math.max(0, masked.length - tailMax)
  const window = tail.exec(masked.slice(endFrom))
  const distinct = /^(\s*select\s+)distinct\b/i.exec(masked)
  if (window === null && distinct === null) return undefined
  const [, select = ''] = distinct ?? []
  const start = distinct === null ? 0 : distinct[0].length
  const end = window === null ? query.length : endFrom + window.index
  const number = (text: string | undefined, otherwise: number): number => {
    if (text === undefined) return otherwise
    const given = text.startsWith('@') ? parameters.find(({ name }) => name === text)?.value : text
    const value = Number(given ?? Number.NaN)
    if (Number.isInteger(value) && value >= 0) return value
    throw badRequest(`The value of ${text} in OFFSET … LIMIT must be a whole number from 0.`)
  }
  return {
    query: select + query.slice(start, end),
    distinct: distinct !== null,
    offset: number(window?.[1], 0),
    limit: number(window?.[2], Number.POSITIVE_INFINITY),
  }
}

/** What is left of an answer: each item once if so asked, and then the window. */
export function applySupplement({ distinct, offset, limit }: Supplement, items: readonly Json[]) {
  const once = distinct
    ? [...new Map(items.map(item => [JSON.stringify(item), item])).values()]
    : items
  return once.slice(offset, offset + limit)
}
