import { isQuery, says } from '../access.ts'
import { requireName } from '../catalogue/catalogue.ts'
import { etagOf } from '../documents/document.ts'
import * as errors from '../errors.ts'
import type { JsonObject } from '../json.ts'
import { jsonReply, type Reply } from '../reply.ts'
import { type CosmosRequest, header } from '../request.ts'
import { feedReply, readPage, sortedByRid } from '../routes/feed.ts'
import { requireObject } from '../routes/metadata.ts'
import type { Entry, Shelf } from './shelf.ts'

/** How one kind of entry is made and shown. */
export interface Kind<T extends Entry> {
  /** The name of its list in a feed. */
  readonly feed: string
  readonly parentRid: string
  readonly shelf: Shelf<T>
  newRid(count: number): string
  /** A version from a body; throws what the service refuses. Changes nothing. */
  make(body: JsonObject, entry: Entry, former: T | undefined): T
  show(entry: T): JsonObject
}

/** `/users`, `/permissions`: create, upsert, query, read feed. */
export function feedRoute<T extends Entry>(kind: Kind<T>, request: CosmosRequest): Reply {
  const { verb, headers } = request
  if (verb === 'POST' && !isQuery(headers)) {
    const body = requireObject(request)
    const former = kind.shelf.find(idOf(body), false)
    if (former === undefined) return reply(201, kind, store(kind, body, request, undefined))
    if (!says(headers, 'x-ms-documentdb-is-upsert')) throw errors.conflict()
    requireMatch(former, request)
    return reply(200, kind, store(kind, body, request, former))
  }
  if (verb !== 'GET' && verb !== 'HEAD' && verb !== 'POST') throw errors.methodNotAllowed()
  const rows = kind.shelf.all.map(entry => kind.show(entry))
  return feedReply(kind.feed, kind.parentRid, readPage(request, sortedByRid(rows)))
}

/** `/users/{id}`, `/permissions/{id}`: read, replace, delete. */
export function entryRoute<T extends Entry>(
  kind: Kind<T>,
  request: CosmosRequest,
  name: string,
): Reply {
  const { verb, address } = request
  if (!['GET', 'HEAD', 'PUT', 'DELETE'].includes(verb)) throw errors.methodNotAllowed()
  const found = kind.shelf.find(name, address.ridBased)
  if (found === undefined) throw errors.notFound()
  if (verb === 'GET' || verb === 'HEAD') return read(kind, request, found)
  const body = verb === 'PUT' ? requireObject(request) : undefined
  requireMatch(found, request)
  if (body !== undefined) {
    const holder = kind.shelf.find(idOf(body), false)
    if (holder !== undefined && holder.rid !== found.rid) throw errors.conflict()
    return reply(200, kind, store(kind, body, request, found))
  }
  kind.shelf.remove(found)
  return { status: 204, headers: { 'x-ms-request-charge': writeCharge }, body: undefined }
}

function idOf({ id }: JsonObject): string {
  if (id !== undefined && id !== '') return requireName(id)
  throw errors.badRequest(
    "The input content is invalid because the required properties - 'id; ' - are missing",
  )
}

function read<T extends Entry>(kind: Kind<T>, request: CosmosRequest, entry: T): Reply {
  if (header(request, 'if-none-match') !== entry.etag) return reply(200, kind, entry)
  return { status: 304, headers: { etag: entry.etag }, body: undefined }
}

function store<T extends Entry>(
  kind: Kind<T>,
  body: JsonObject,
  { now }: CosmosRequest,
  former: T | undefined,
): T {
  const count = kind.shelf.next()
  const ts = Math.floor(now / 1_000)
  const rid = former?.rid ?? kind.newRid(count)
  const made = kind.make(body, { id: idOf(body), rid, etag: etagOf(count, ts), ts }, former)
  kind.shelf.put(made, former)
  return made
}

function requireMatch({ etag }: Entry, request: CosmosRequest): void {
  const wanted = header(request, 'if-match')
  if (wanted !== undefined && wanted !== '*' && wanted !== etag) throw errors.preconditionFailed()
}

const writeCharge = '4.95'

const reply = <T extends Entry>(status: number, kind: Kind<T>, entry: T): Reply =>
  jsonReply(status, kind.show(entry), {
    etag: entry.etag,
    'x-ms-request-charge': status === 201 ? writeCharge : '1',
    'x-ms-schemaversion': '1.16',
  })
