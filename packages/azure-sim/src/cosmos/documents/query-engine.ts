import collectionModule from '@vercel/cosmosdb-server/lib/account/collection.js'
import documentsModule from '@vercel/cosmosdb-server/lib/account/documents.js'
import { badRequest, notSupported } from '../errors.ts'
import { isObject, type Json, type JsonObject, parseJson } from '../json.ts'
import { nestingOf } from './query-clauses.ts'
import { applySupplement, supplementOf } from './query-supplement.ts'

/** Which page: at most how many items, and where a former page left off. */
export interface PageRequest {
  readonly size: number
  readonly continuation: string | undefined
}

/** A query as it came: `{ query, parameters }`. */
export interface QuerySpec {
  readonly query: string
  readonly parameters: readonly { readonly name: string; readonly value: Json }[]
}

export interface Page {
  readonly items: readonly Json[]
  /** The text for `x-ms-continuation`, where more may follow. */
  readonly continuation: string | undefined
}

/** All that the engine asks of its rows: to be folded, by a function that appends to a list. */
interface Foldable {
  reduce(append: (list: unknown[], row: JsonObject) => unknown[], start: unknown[]): unknown[]
}

interface Compiled {
  exec(
    rows: Foldable,
    options: {
      parameters: QuerySpec['parameters']
      maxItemCount: number
      continuation: { token: string } | null
    },
  ): { result: Json[]; continuation: unknown }
}

/** Parses and runs SQL: the engine of `@vercel/cosmosdb-server`, which keeps parsed queries. */
const engine = new documentsModule.default(new collectionModule.default(null), ['/id'])

/**
 * The engine's fold copies its list for each row, so its cost grows with the square of the rows.
 * Folding in pieces and joining these comes to the same, and grows with the rows alone.
 */
const inPieces = (rows: readonly JsonObject[]): Foldable => ({
  reduce: (append, start) => {
    const pieces: unknown[] = [...start]
    for (let at = 0; at < rows.length; at += pieceRows) {
      for (const made of rows.slice(at, at + pieceRows).reduce(append, [])) pieces.push(made)
    }
    return pieces
  },
})

const pieceRows = 32

/** The `maxSqlQueryInputLength` that the account read tells. */
const queryMax = 262_144

export function parseSpec(body: string): QuerySpec {
  const parsed = parseJson(body)
  const spec = isObject(parsed) ? parsed : {}
  const { query, parameters } = spec
  if (typeof query !== 'string') {
    throw badRequest(
      "The input content is invalid because the required property 'query' is missing.",
    )
  }
  if (query.length > queryMax) {
    throw badRequest(`The SQL query text exceeded the maximum limit of ${queryMax} characters.`)
  }
  const list = Array.isArray(parameters) ? parameters : []
  return {
    query,
    parameters: list.flatMap(given =>
      isObject(given) && typeof given['name'] === 'string'
        ? [{ name: given['name'], value: given['value'] ?? null }]
        : [],
    ),
  }
}

/**
 * One page of a query's answer over rows in the order of their `_rid`. A continuation goes on behind
 * the last row it saw, whatever was written meanwhile; with DISTINCT or OFFSET, behind so many items.
 */
export function runQuery(spec: QuerySpec, rows: readonly JsonObject[], page: PageRequest): Page {
  const supplement = supplementOf(spec.query, spec.parameters)
  if (supplement === undefined) return execute(spec, rows, page)
  const { query } = supplement
  const whole = { size: Number.MAX_SAFE_INTEGER, continuation: undefined }
  const { items } = execute({ ...spec, query }, rows, whole)
  const left = applySupplement(supplement, items)
  const start = positionOf(page.continuation)
  const end = start + page.size
  const more = end < left.length
  const next = { token: `${positionMark}${end}`, range: { min: '', max: 'FF' } }
  return {
    items: left.slice(start, end),
    continuation: more ? JSON.stringify(next) : undefined,
  }
}

const positionMark = '+POS:'

function positionOf(continuation: string | undefined): number {
  if (continuation === undefined) return 0
  const parsed = parseJson(continuation)
  const token = isObject(parsed) ? String(parsed['token']) : ''
  const position = Number(token.slice(positionMark.length))
  if (token.startsWith(positionMark) && Number.isSafeInteger(position) && position >= 0) {
    return position
  }
  throw badRequest('Invalid Continuation Token')
}

/**
 * The engine's parser takes about six times as long for each further level of parentheses: a second
 * for four levels, half a minute for six. The service has no such bound.
 */
const nestingMax = 4

function execute(spec: QuerySpec, rows: readonly JsonObject[], page: PageRequest): Page {
  if (nestingOf(spec.query) > nestingMax) {
    throw notSupported(`Queries with more than ${nestingMax} levels of parentheses`)
  }
  const from = parseContinuation(page.continuation)
  try {
    const compiled = engine._getQuery(spec.query) as Compiled
    const { result, continuation } = compiled.exec(inPieces(rows), {
      parameters: spec.parameters,
      maxItemCount: page.size,
      continuation: from,
    })
    const next = continuation ? JSON.stringify(continuation) : undefined
    return { items: result, continuation: next }
  } catch (error) {
    throw badRequest(`Syntax error: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function parseContinuation(text: string | undefined): { token: string } | null {
  if (text === undefined) return null
  const parsed = parseJson(text)
  const token = isObject(parsed) ? parsed['token'] : undefined
  if (typeof token !== 'string' || !token.startsWith('+RID:')) {
    throw badRequest('Invalid Continuation Token')
  }
  return { token }
}

/** Whether a document meets `from c where …`, the condition of a patch. */
export const meetsCondition = (condition: string, document: JsonObject): boolean =>
  runQuery({ query: `SELECT * ${condition}`, parameters: [] }, [document], {
    size: 1,
    continuation: undefined,
  }).items.length > 0
