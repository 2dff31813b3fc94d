import { isQuery, says } from '../access.ts'
import type { Catalogue, Database } from '../catalogue/catalogue.ts'
import { type Throughput, throughputOffered } from '../catalogue/throughput.ts'
import type { Container } from '../documents/container.ts'
import * as errors from '../errors.ts'
import type { JsonObject } from '../json.ts'
import { jsonReply, type Reply } from '../reply.ts'
import type { CosmosRequest } from '../request.ts'
import { feedReply, readPage, sortedByRid } from './feed.ts'
import { requireObject } from './metadata.ts'

/** Throughput: one offer for each container or database that has its own. */

type Owner = Database | Container

function offerOf({ throughputs }: Catalogue, owner: Owner): JsonObject {
  const { properties, throughput = 0, rid } = owner
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
    content: throughputs.content(id, throughput),
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
  const rows = [...owners(catalogue)].map(owner => offerOf(catalogue, owner))
  return feedReply('Offers', '', readPage(request, sortedByRid(rows)))
}

export function offerRoute(catalogue: Catalogue, request: CosmosRequest, id: string): Reply {
  const owner = [...owners(catalogue)].find(({ offer }) => offer.toLowerCase() === id.toLowerCase())
  if (owner === undefined) throw errors.notFound()
  let splitting = false
  if (request.verb === 'PUT') splitting = replace(catalogue, request, owner)
  else if (request.verb !== 'GET') throw errors.methodNotAllowed()
  return jsonReply(200, offerOf(catalogue, owner), {
    'x-ms-request-charge': request.verb === 'PUT' ? '9.9' : '1',
    'x-ms-cosmos-min-throughput': `${catalogue.throughputs.least(owner.offer)}`,
    'x-ms-offer-replace-pending': `${splitting}`,
  })
}

/** What one physical partition can serve (Microsoft, "Partitioning and horizontal scaling"). */
const unitsOfPartition = 10_000

/** Tells whether partitions had to be split for it; the service does that over minutes to hours. */
function replace(catalogue: Catalogue, request: CosmosRequest, owner: Owner): boolean {
  const { throughputs } = catalogue
  const wanted = wantedBy(request, catalogue, owner)
  const least = throughputs.least(owner.offer)
  if (!wanted.autoscale && wanted.units < least) {
    throw errors.badRequest(
      `The offer should have valid throughput values between ${least} and 1000000 inclusive in increments of 100.`,
    )
  }
  owner.throughput = wanted.units
  throughputs.note(owner.offer, wanted)
  return 'ranges' in owner && splitFor(owner, wanted.units)
}

function wantedBy(request: CosmosRequest, { throughputs }: Catalogue, owner: Owner): Throughput {
  const autoscale = throughputs.isAutoscale(owner.offer)
  const units = owner.throughput ?? 0
  const { headers } = request
  if (says(headers, 'x-ms-cosmos-migrate-offer-to-autopilot')) {
    return { units: Math.max(1_000, Math.ceil(units / 1_000) * 1_000), autoscale: true }
  }
  if (says(headers, 'x-ms-cosmos-migrate-offer-to-manual-throughput')) {
    return { units, autoscale: false }
  }
  return throughputOffered(requireObject(request)['content'], { units, autoscale })
}

function splitFor({ ranges }: Container, units: number): boolean {
  const wanted = Math.ceil(units / unitsOfPartition)
  const before = ranges.all.length
  while (ranges.all.length < wanted) {
    const [first] = [...ranges.all].sort((a, b) => a.parents.length - b.parents.length)
    if (first === undefined || !ranges.split(first.id)) break
  }
  return ranges.all.length > before
}
