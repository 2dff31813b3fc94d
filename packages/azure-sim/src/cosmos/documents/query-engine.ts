import { badRequest } from '../errors.ts'
import { isObject, type Json, type JsonObject, parseJson } from '../json.ts'
import { orderPaths } from '../sql/check-order.ts'
import { compileQuery, type Program } from '../sql/compile-select.ts'
import { parseQuery } from '../sql/parse.ts'
import { type Position, readContinuation, writeContinuation } from '../sql/position.ts'
import { type Results, type Row, run } from '../sql/run.ts'
import { SqlError } from '../sql/sql-error.ts'
import type { Value } from '../sql/syntax.ts'

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

/** So many compiled queries are kept; the one that was not used for longest goes first. */
const programsMax = 200

const programs = new Map<string, Program>()

/** The query, ready to run. Throws {@link ServiceError} 400 where it is none. */
export function programOf(query: string): Program {
  const kept = programs.get(query)
  const program = kept ?? refusing(() => compiled(query))
  programs.delete(query)
  programs.set(query, program)
  if (programs.size > programsMax) {
    for (const oldest of programs.keys()) {
      programs.delete(oldest)
      break
    }
  }
  return program
}

function compiled(query: string): Program {
  const select = parseQuery(query)
  orderPaths(select)
  return compileQuery(select)
}

/** Errors of a query as the service's 400. */
export function refusing<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw error instanceof SqlError ? error.refusal() : error
  }
}

export const parametersOf = ({ parameters }: QuerySpec): ReadonlyMap<string, Value> =>
  new Map(parameters.map(({ name, value }) => [name, value as Value]))

/** What a program answers over rows, from a position on. */
export function runProgram(
  spec: QuerySpec,
  rows: readonly Row[],
  page: { readonly size: number; readonly from: Position | undefined; readonly now: number },
): Results {
  const program = programOf(spec.query)
  return refusing(() => run(program, { rows, parameters: parametersOf(spec), ...page }))
}

/**
 * One page of a query's answer over resources that lie in the order of their `_rid`. A continuation
 * goes on behind the last one it saw, whatever was written meanwhile.
 */
export function runQuery(
  spec: QuerySpec,
  rows: readonly JsonObject[],
  { size, continuation }: PageRequest,
  now = 0,
): Page {
  const from =
    continuation === undefined ? undefined : refusing(() => readContinuation(continuation)).position
  const withRids = rows.map(row => ({ rid: String(row['_rid']), value: row }))
  const { items, next } = runProgram(spec, withRids, { size, from, now })
  return {
    items: items as Json[],
    continuation: next && writeContinuation({ position: next, range: undefined }),
  }
}

/** Whether a document meets `from c where …`, the condition of a patch. */
export const meetsCondition = (condition: string, document: JsonObject): boolean =>
  runQuery({ query: `SELECT * ${condition}`, parameters: [] }, [document], {
    size: 1,
    continuation: undefined,
  }).items.length > 0
