import { isBatch, isQuery, isQueryPlan, says } from '../access.ts'
import { runBatch } from '../documents/batch.ts'
import { readCharge, writeCharge } from '../documents/charge.ts'
import type { Container } from '../documents/container.ts'
import { noteIndexing } from '../documents/indexing.ts'
import { type Component, partitionText, requirePartition } from '../documents/partition-key.ts'
import { parseSpec } from '../documents/query-engine.ts'
import { answerPlan } from '../documents/query-plan.ts'
import * as writes from '../documents/writes.ts'
import * as errors from '../errors.ts'
import { type Json, parseJson } from '../json.ts'
import { requireSession } from '../replication/reading.ts'
import { jsonReply, type Reply } from '../reply.ts'
import { type CosmosRequest, header } from '../request.ts'
import { changesRoute } from './changes.ts'
import { placeHeaders } from './place.ts'
import { queryRoute } from './query.ts'
import { requireRange } from './scope.ts'
import { refuseTriggers } from './scripts.ts'
import { tellingSession } from './session.ts'

const partitionHeader = 'x-ms-documentdb-partitionkey'

const componentsOf = (request: CosmosRequest, container: Container): Component[] =>
  requirePartition(header(request, partitionHeader), container.definition)

/** `/docs`: create, upsert, query, batch, bulk, read feed, change feed. */
export const documentsRoute = (container: Container, request: CosmosRequest): Reply =>
  tellingSession(container, request, () => answerFeed(container, request))

/** `/docs/{id}`: read, replace, patch, delete. */
export const documentRoute = (container: Container, request: CosmosRequest, last: string): Reply =>
  tellingSession(container, request, () => answerItem(container, request, last))

function answerFeed(container: Container, request: CosmosRequest): Reply {
  const { verb, headers } = request
  if (verb === 'GET') {
    return headers['a-im'] === undefined
      ? queryRoute(container, request, undefined)
      : changesRoute(container, request)
  }
  if (verb !== 'POST') throw errors.methodNotAllowed()
  // First, as access was judged: who says both would have the rights of neither to show.
  if (isBatch(headers)) return batchRoute(container, request)
  if (isQueryPlan(headers)) {
    const features = header(request, 'x-ms-cosmos-supported-query-features')
    const plan = answerPlan(parseSpec(request.body), container.definition, features)
    return jsonReply(200, plan, { 'x-ms-request-charge': '0' })
  }
  if (isQuery(headers)) return queryRoute(container, request, parseSpec(request.body))
  const operation = says(headers, 'x-ms-documentdb-is-upsert') ? writes.upsert : writes.create
  return writeRoute(container, request, operation, undefined)
}

function answerItem(container: Container, request: CosmosRequest, last: string): Reply {
  const id = request.address.ridBased ? idOf(container, request, last) : last
  switch (request.verb) {
    case 'GET':
    case 'HEAD':
      return readRoute(container, request, id)
    case 'PUT':
      return writeRoute(container, request, writes.replace, id)
    case 'PATCH':
      return writeRoute(container, request, writes.patch, id)
    case 'DELETE':
      return writeRoute(container, request, writes.remove, id)
    default:
      throw errors.methodNotAllowed()
  }
}

/** The id of a document that is addressed by its rid; the rid itself where there is none. */
function idOf(container: Container, request: CosmosRequest, rid: string): string {
  const partition = partitionText(componentsOf(request, container))
  const documents = container.store.list(partition, request.now)
  return documents.find(document => document.rid === rid)?.id ?? rid
}

function readRoute(container: Container, request: CosmosRequest, id: string): Reply {
  const components = componentsOf(request, container)
  const rangeId = container.rangeIdOf(components)
  requireSession(container, request, rangeId)
  const ifNoneMatch = header(request, 'if-none-match')
  const { status, document } = writes.read(container, { id, components, ifNoneMatch }, request.now)
  const headers = placeHeaders(container, rangeId, readCharge(document))
  headers['etag'] = document?.etag ?? ''
  return { status, headers, body: document?.text }
}

function writeRoute(
  container: Container,
  request: CosmosRequest,
  operation: typeof writes.create,
  id: string | undefined,
): Reply {
  if (Buffer.byteLength(request.body) > writes.documentBytesMax) throw errors.tooLarge()
  refuseTriggers(request)
  const components = componentsOf(request, container)
  const body = request.verb === 'DELETE' ? undefined : requireJson(request)
  const input = {
    id,
    components,
    body,
    ifMatch: header(request, 'if-match'),
    ifNoneMatch: header(request, 'if-none-match'),
  }
  const { status, document } = operation(container, input, request.now)
  noteIndexing(container, document, header(request, 'x-ms-indexing-directive'))
  const headers = placeHeaders(container, container.rangeIdOf(components), writeCharge(document))
  if (document !== undefined) headers['etag'] = document.etag
  const minimal = header(request, 'prefer')?.toLowerCase() === 'return=minimal'
  return { status, headers, body: minimal ? undefined : document?.text }
}

function requireJson(request: CosmosRequest): Json {
  const body = parseJson(request.body)
  if (body !== undefined) return body
  throw errors.badRequest('The input content is invalid because it is not valid JSON.')
}

/** `/operations/partitionkeydelete`: every document of one logical partition goes. */
export function partitionDeleteRoute(container: Container, request: CosmosRequest): Reply {
  if (request.verb !== 'POST') throw errors.methodNotAllowed()
  const components = componentsOf(request, container)
  const documents = container.store.list(partitionText(components), request.now)
  for (const document of documents) container.store.remove(document, request.now)
  const headers = placeHeaders(container, container.rangeIdOf(components), 10)
  return { status: 200, headers, body: undefined }
}

function batchRoute(container: Container, request: CosmosRequest): Reply {
  if (Buffer.byteLength(request.body) > writes.documentBytesMax) throw errors.tooLarge()
  const atomic = says(request.headers, 'x-ms-cosmos-batch-atomic')
  const key = header(request, partitionHeader)
  const rangeId = header(request, 'x-ms-documentdb-partitionkeyrangeid')
  if (rangeId !== undefined) requireRange(container, rangeId)
  const components =
    atomic || key !== undefined ? requirePartition(key, container.definition) : undefined
  const result = runBatch({
    target: container,
    body: parseJson(request.body),
    atomic,
    continueOnError: says(request.headers, 'x-ms-cosmos-batch-continue-on-error'),
    components,
    holds: own => rangeId === undefined || container.rangeIdOf(own) === rangeId,
    minimal: header(request, 'prefer')?.toLowerCase() === 'return=minimal',
    now: request.now,
  })
  const place = components === undefined ? (rangeId ?? '0') : container.rangeIdOf(components)
  return jsonReply(result.status, result.results, placeHeaders(container, place, result.charge))
}
