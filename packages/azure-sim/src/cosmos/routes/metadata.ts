import { isQuery } from '../access.ts'
import type { Catalogue, Database } from '../catalogue/catalogue.ts'
import { rangeRid } from '../catalogue/rids.ts'
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

/** `x-ms-offer-throughput`, or the maximum of `x-ms-cosmos-offer-autopilot-settings`. */
function throughputOf(request: CosmosRequest): number | undefined {
  const settings = parseJson(header(request, 'x-ms-cosmos-offer-autopilot-settings') ?? '')
  const asked = isObject(settings)
    ? settings['maxThroughput']
    : header(request, 'x-ms-offer-throughput')
  if (asked === undefined) return undefined
  const units = Number(asked)
  if (Number.isInteger(units) && units >= 400 && units % 100 === 0 && units <= 1_000_000) {
    return units
  }
  throw errors.badRequest(
    'The offer should have valid throughput values between 400 and 1000000 inclusive in increments of 100.',
  )
}

const resourceReply = (status: number, properties: JsonObject): Reply =>
  jsonReply(status, properties, {
    etag: String(properties['_etag']),
    'x-ms-request-charge': status === 201 ? '4.95' : '1',
    'x-ms-schemaversion': '1.16',
  })

const deleted: Reply = { status: 204, headers: { 'x-ms-request-charge': '4.95' }, body: undefined }

export function databasesRoute(catalogue: Catalogue, request: CosmosRequest): Reply {
  const { verb } = request
  if (verb === 'POST' && !isQuery(request.headers)) {
    const body = requireObject(request)
    const database = catalogue.createDatabase(body, throughputOf(request), request.now)
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
  if (request.verb === 'GET' || request.verb === 'HEAD')
    return resourceReply(200, database.properties)
  if (request.verb !== 'DELETE') throw errors.methodNotAllowed()
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
    const throughput = throughputOf(request)
    const container = catalogue.createContainer(database, body, throughput, request.now)
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
      return resourceReply(200, container.properties)
    case 'PUT':
      catalogue.replaceContainer(container, requireObject(request), request.now)
      return resourceReply(200, container.properties)
    case 'DELETE':
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
