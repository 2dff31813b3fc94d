import { isQuery } from '../access.ts'
import { feedCharge } from '../documents/charge.ts'
import { type Page, parseSpec, runQuery } from '../documents/query-engine.ts'
import { badRequest } from '../errors.ts'
import type { JsonObject } from '../json.ts'
import { jsonReply, type Reply } from '../reply.ts'
import { type CosmosRequest, header } from '../request.ts'

/** Microsoft's default page, where a client names none or leaves it to the service (-1). */
const defaultPageSize = 100
const dynamicPageSize = 1000

export function pageSize(request: CosmosRequest): number {
  const asked = header(request, 'x-ms-max-item-count')
  if (asked === undefined) return defaultPageSize
  const size = Number(asked)
  if (size === -1) return dynamicPageSize
  if (!Number.isInteger(size) || size < 1) {
    throw badRequest(`The value '${asked.slice(0, 32)}' of x-ms-max-item-count is invalid.`)
  }
  return Math.min(size, dynamicPageSize)
}

const everything = { query: 'SELECT * FROM root', parameters: [] }

/** One page of a feed: of all its rows, or of a query's answer over them. */
export function readPage(request: CosmosRequest, rows: readonly JsonObject[]): Page {
  const spec = isQuery(request.headers) && request.verb === 'POST' ? parseSpec(request.body) : null
  return runQuery(spec ?? everything, rows, {
    size: pageSize(request),
    continuation: header(request, 'x-ms-continuation'),
  })
}

/** A page as the service words it: the rows under the name of their kind. */
export function feedReply(
  name: string,
  rid: string,
  { items, continuation }: Page,
  headers: Readonly<Record<string, string>> = {},
): Reply {
  return jsonReply(
    200,
    { _rid: rid, [name]: items, _count: items.length },
    {
      'x-ms-item-count': `${items.length}`,
      'x-ms-request-charge': `${feedCharge(items.length)}`,
      ...(continuation === undefined ? {} : { 'x-ms-continuation': continuation }),
      ...headers,
    },
  )
}

export const sortedByRid = (rows: readonly JsonObject[]): JsonObject[] =>
  rows.toSorted((a, b) => (String(a['_rid']) < String(b['_rid']) ? -1 : 1))
