import { isQuery, says } from '../access.ts'
import type { Catalogue, Database } from '../catalogue/catalogue.ts'
import { rangeRid } from '../catalogue/rids.ts'
import { type Throughput, throughputAsked } from '../catalogue/throughput.ts'
import type { Container } from '../documents/container.ts'
import * as errors from '../errors.ts'
import { isObject, type JsonObject, parseJson } from '../json.ts'
import { jsonReply, type Reply } from '../reply.ts'
import { type CosmosRequest, header } from '../request.ts'
import { feedReply, readPage, sortedByRid } from './feed.ts'

/** Databases, containers and partition key ranges. */

export function requireObject(request: CosmosRequest): JsonObject {
  const body = parseJson(request.body)
  if (isObject(body)) return body
  throw errors.badRequest('The input content is invalid because it is not a JSON object.')
}

/** What a creation asks for; serverless accounts have no throughput to give. */
function throughputOf(catalogue: Catalogue, request: CosmosRequest): Throughput | undefined {
  const asked = throughputAsked(
    header(request, 'x-ms-offer-throughput'),
    header(request, 'x-ms-cosmos-offer-autopilot-settings'),
  )
  if (asked === undefined || !catalogue.serverless) return asked
  throw errors.badRequest(
    'Setting offer throughput or autopilot on container is not supported for serverless accounts.',
  )
}

const resourceReply = (status: number, properties: JsonObject): Reply =>
  jsonReply(status, properties, {
    etag: String(properties['_etag']),
    'x-ms-request-charge': status === 201 ? '4.95' : '1',
    'x-ms-schemaversion': '1.16',
  })

/** 304 without a body where the client has this version already. */
function readReply(
  request: CosmosRequest,
  properties: JsonObject,
  more: Readonly<Record<string, string>>,
): Reply {
  const etag = String(properties['_etag'])
  if (header(request, 'if-none-match') === etag) {
    return { status: 304, headers: { etag, 'x-ms-request-charge': '1' }, body: undefined }
  }
  const reply = resourceReply(200, properties)
  return { ...reply, headers: { ...reply.headers, ...more } }
}

function requireMatch(request: CosmosRequest, properties: JsonObject): void {
  const wanted = header(request, 'if-match')
  if (wanted !== undefined && wanted !== '*' && wanted !== properties['_etag']) {
    throw errors.preconditionFailed()
  }
}

/** Told where `x-ms-documentdb-populatequotainfo` asks for it; sizes in kilobytes. */
function quotasOf(container: Container, request: CosmosRequest): Record<string, string> {
  if (!says(request.headers, 'x-ms-documentdb-populatequotainfo')) return {}
  const documents = container.store.list(null, request.now)
  const bytes = documents.reduce((sum, { text }) => sum + text.length, 0)
  const kilobytes = Math.ceil(bytes / 1024)
  const quota = 20 * 1024 * 1024 * container.ranges.all.length
  return {
    'x-ms-resource-quota': `documentSize=2048;documentsSize=${quota};documentsCount=-1;collectionSize=${quota};`,
    'x-ms-resource-usage': `documentSize=0;documentsSize=${kilobytes};documentsCount=${documents.length};collectionSize=${kilobytes};`,
  }
}

const deleted: Reply = { status: 204, headers: { 'x-ms-request-charge': '4.95' }, body: undefined }

export function databasesRoute(catalogue: Catalogue, request: CosmosRequest): Reply {
  const { verb } = request
  if (verb === 'POST' && !isQuery(request.headers)) {
    const body = requireObject(request)
    const throughput = throughputOf(catalogue, request)
    const database = catalogue.createDatabase(body, throughput?.units, request.now)
    if (throughput !== undefined) catalogue.throughputs.note(database.offer, throughput)
    return resourceReply(201, database.properties)
  }
  if (verb !== 'GET' && verb !== 'HEAD' && verb !== 'POST') throw errors.methodNotAllowed()
  const rows = [...catalogue.databases].map(({ properties }) => properties)
  return feedReply('Databases', '', readPage(request, sortedByRid(rows)))
}

export function databaseRoute(
  catalogue: Catalogue,
  request: CosmosRequest,
  database: Database,
): Reply {
  if (request.verb === 'GET' || request.verb === 'HEAD') {
    return readReply(request, database.properties, {})
  }
  if (request.verb !== 'DELETE') throw errors.methodNotAllowed()
  requireMatch(request, database.properties)
  catalogue.deleteDatabase(database)
  return deleted
}

export function containersRoute(
  catalogue: Catalogue,
  request: CosmosRequest,
  database: Database,
): Reply {
  const { verb } = request
  if (verb === 'POST' && !isQuery(request.headers)) {
    const body = requireObject(request)
    requirePartitionKey(body)
    const throughput = throughputOf(catalogue, request)
    const container = catalogue.createContainer(database, body, throughput?.units, request.now)
    if (throughput !== undefined) catalogue.throughputs.note(container.offer, throughput)
    return resourceReply(201, container.properties)
  }
  if (verb !== 'GET' && verb !== 'HEAD' && verb !== 'POST') throw errors.methodNotAllowed()
  const rows = [...database.containers.values()].map(({ properties }) => properties)
  return feedReply('DocumentCollections', database.rid, readPage(request, sortedByRid(rows)))
}

function requirePartitionKey({ partitionKey }: JsonObject): void {
  if (partitionKey === undefined) return
  const paths = isObject(partitionKey) ? partitionKey['paths'] : undefined
  const legal =
    Array.isArray(paths) &&
    paths.length >= 1 &&
    paths.length <= 3 &&
    paths.every(path => typeof path === 'string' && /^\/[^/]/.test(path))
  const hierarchical = isObject(partitionKey) && partitionKey['kind'] === 'MultiHash'
  if (legal && (paths.length === 1 || hierarchical)) return
  throw errors.badRequest('The partition key definition of the container is invalid.')
}

export function containerRoute(
  catalogue: Catalogue,
  request: CosmosRequest,
  database: Database,
  container: Container,
): Reply {
  switch (request.verb) {
    case 'GET':
    case 'HEAD':
      return readReply(request, container.properties, quotasOf(container, request))
    case 'PUT':
      requireMatch(request, container.properties)
      catalogue.replaceContainer(container, requireObject(request), request.now)
      return resourceReply(200, container.properties)
    case 'DELETE':
      requireMatch(request, container.properties)
      catalogue.deleteContainer(database, container)
      return deleted
    default:
      throw errors.methodNotAllowed()
  }
}

/** The physical partitions, which the SDKs read to route by. */
export function rangesRoute(request: CosmosRequest, container: Container): Reply {
  if (request.verb !== 'GET') throw errors.methodNotAllowed()
  const etag = `"${container.ranges.all.map(({ id }) => id).join('-')}"`
  if (header(request, 'if-none-match') === etag) {
    return { status: 304, headers: { etag }, body: undefined }
  }
  const rows = container.ranges.all.map(({ id, min, max, parents }) => {
    const rid = rangeRid(container.rid, id)
    return {
      id,
      _rid: rid,
      _self: `${String(container.properties['_self'])}pkranges/${rid}/`,
      _etag: etag,
      minInclusive: min,
      maxExclusive: max,
      ridPrefix: Number(id),
      throughputFraction: 1 / container.ranges.all.length,
      status: 'online',
      parents,
      _ts: Number(container.properties['_ts']),
      lsn: container.store.lsn,
    }
  })
  return feedReply(
    'PartitionKeyRanges',
    container.rid,
    { items: rows, continuation: undefined },
    { etag },
  )
}
