import { isQuery } from '../access.ts'
import type { Catalogue, Database } from '../catalogue/catalogue.ts'
import type { Container } from '../documents/container.ts'
import * as errors from '../errors.ts'
import { isObject, type JsonObject } from '../json.ts'
import { jsonReply, type Reply } from '../reply.ts'
import type { CosmosRequest } from '../request.ts'
import { feedReply, readPage, sortedByRid } from './feed.ts'
import { requireObject } from './metadata.ts'

/** Throughput: one offer for each container or database that has its own. */

type Owner = Database | Container

function offerOf(owner: Owner): JsonObject {
  const { properties, throughput, rid } = owner
  const id = owner.offer
  return {
    id,
    _rid: id,
    _self: `offers/${id}/`,
    _etag: properties['_etag'],
    _ts: properties['_ts'],
    resource: properties['_self'],
    offerResourceId: rid,
    offerType: 'Invalid',
    offerVersion: 'V2',
    content: { offerThroughput: throughput, offerIsRUPerMinuteThroughputEnabled: false },
  }
}

function* owners(catalogue: Catalogue): Generator<Owner> {
  for (const database of catalogue.databases) {
    if (database.throughput !== undefined) yield database
    for (const container of database.containers.values()) {
      if (container.throughput !== undefined) yield container
    }
  }
}

export function offersRoute(catalogue: Catalogue, request: CosmosRequest): Reply {
  const { verb } = request
  if (verb !== 'GET' && !(verb === 'POST' && isQuery(request.headers))) {
    throw errors.methodNotAllowed()
  }
  const rows = [...owners(catalogue)].map(offerOf)
  return feedReply('Offers', '', readPage(request, sortedByRid(rows)))
}

export function offerRoute(catalogue: Catalogue, request: CosmosRequest, id: string): Reply {
  const owner = [...owners(catalogue)].find(({ offer }) => offer.toLowerCase() === id.toLowerCase())
  if (owner === undefined) throw errors.notFound()
  if (request.verb === 'PUT') {
    const { content } = requireObject(request)
    const units = isObject(content) ? Number(content['offerThroughput']) : Number.NaN
    if (!Number.isInteger(units) || units < 400 || units % 100 !== 0) {
      throw errors.badRequest(
        'The offer should have valid throughput values between 400 and 1000000 inclusive in increments of 100.',
      )
    }
    owner.throughput = units
  } else if (request.verb !== 'GET') throw errors.methodNotAllowed()
  return jsonReply(200, offerOf(owner), { 'x-ms-request-charge': '1' })
}
