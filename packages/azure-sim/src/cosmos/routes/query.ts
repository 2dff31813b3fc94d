import { says } from '../access.ts'
import { feedCharge } from '../documents/charge.ts'
import { requireCompositeIndex } from '../documents/composite-index.ts'
import { queried } from '../documents/computed.ts'
import type { Container } from '../documents/container.ts'
import type { StoredDocument } from '../documents/document.ts'
import { indexed } from '../documents/indexing.ts'
import { partitionText } from '../documents/partition-key.ts'
import { type QuerySpec, refusing, runProgram } from '../documents/query-engine.ts'
import { stepFrom } from '../documents/query-extent.ts'
import { plannedQuery } from '../documents/query-plan.ts'
import * as errors from '../errors.ts'
import type { Json } from '../json.ts'
import type { Reply } from '../reply.ts'
import { type CosmosRequest, header } from '../request.ts'
import { type Continuation, readContinuation, writeContinuation } from '../sql/position.ts'
import type { Row } from '../sql/run.ts'
import { isGrouped } from '../sql/walk.ts'
import { feedReply, pageSize } from './feed.ts'
import { placeHeaders } from './place.ts'
import { metrics } from './query-metrics.ts'
import { type Part, partOf } from './scope.ts'

const everything: QuerySpec = { query: 'SELECT * FROM root', parameters: [] }

/** One page: what was found, where the next begins, and how many documents were looked at. */
interface Page {
  readonly items: readonly Json[]
  readonly next: Continuation | undefined
  readonly read: number
  readonly rangeId: string
}

/** A query over documents, or with no query a read feed: one page of it. */
export function queryRoute(
  container: Container,
  request: CosmosRequest,
  spec: QuerySpec = everything,
): Reply {
  const part = partOf(container, request)
  const planned = plannedQuery(spec, container.definition)
  requireCompositeIndex(container.properties['indexingPolicy'], planned.select)
  const text = header(request, 'x-ms-continuation')
  const from = text === undefined ? undefined : refusing(() => readContinuation(text))
  const page = part.isWhole
    ? acrossPartitions(container, request, spec, from)
    : within(container, request, spec, part, from)
  const { items, next, read, rangeId } = page
  const headers = placeHeaders(container, rangeId, feedCharge(items.length))
  if (says(request.headers, 'x-ms-documentdb-populatequerymetrics')) {
    headers['x-ms-documentdb-query-metrics'] = metrics(read, items.length)
  }
  const continuation = next && writeContinuation(next)
  return feedReply('Documents', container.rid, { items, continuation }, headers)
}

/** Part of a container: the request names the partition key, the partition or a stretch of it. */
function within(
  container: Container,
  request: CosmosRequest,
  spec: QuerySpec,
  part: Part,
  from: Continuation | undefined,
): Page {
  const { partition, scope, rangeId } = part
  const listed = container.store.list(partition, request.now)
  const documents = partition === null ? listed.filter(scope) : listed
  const rows = rowsOf(container, request, documents)
  const { select } = plannedQuery(spec, container.definition)
  // Groups of one partition are merged by who asks for them, so that no split may come between.
  const size = partition === null && isGrouped(select) ? rows.length + 1 : pageSize(request)
  const { items, next } = runProgram(spec, rows, { size, from: from?.position, now: request.now })
  return {
    items: items as Json[],
    next: next && { position: next, range: from?.range },
    read: rows.length,
    rangeId,
  }
}

/** The whole container: what the gateway can do by itself, and a refusal for the rest. */
function acrossPartitions(
  container: Container,
  request: CosmosRequest,
  spec: QuerySpec,
  from: Continuation | undefined,
): Page {
  const { key, servable, plan } = plannedQuery(spec, container.definition)
  const crosses = request.verb === 'POST' && key === undefined
  if (crosses && !says(request.headers, 'x-ms-documentdb-query-enablecrosspartition')) {
    throw errors.crossPartitionDisabled()
  }
  if (!servable) throw errors.notServable(JSON.stringify(plan()))
  if (key !== undefined) {
    const partition = partitionText(key)
    const rangeId = container.rangeIdOf(key)
    const part = { partition, scope: () => true, rangeId, isWhole: false }
    return within(container, request, spec, part, from)
  }
  return oneStep(container, request, spec, from)
}

function oneStep(
  container: Container,
  request: CosmosRequest,
  spec: QuerySpec,
  from: Continuation | undefined,
): Page {
  const step = stepFrom(container.ranges.all, from?.range)
  if (step === undefined) throw errors.badRequest('Invalid Continuation Token')
  const { rangeId, extent, following } = step
  const rows = rowsOf(container, request, documentsIn(container, extent, request.now))
  const page = { size: pageSize(request), from: from?.position, now: request.now }
  const { items, next } = runProgram(spec, rows, page)
  const further = following && { position: undefined, range: following }
  return {
    items: items as Json[],
    next: next === undefined ? further : { position: next, range: extent },
    read: rows.length,
    rangeId,
  }
}

/** What a query finds of documents, and how it sees them; a feed sees them all, as they are. */
const rowsOf = (
  container: Container,
  request: CosmosRequest,
  documents: readonly StoredDocument[],
): readonly Row[] =>
  request.verb === 'POST' ? queried(indexed(container, documents), container.properties) : documents

function documentsIn(
  container: Container,
  { min, max }: { readonly min: string; readonly max: string },
  now: number,
): StoredDocument[] {
  const documents = container.store.list(null, now)
  if (min === '' && max === 'FF') return documents
  return documents.filter(document => {
    const epk = container.epkOf(document)
    return min <= epk && epk < max
  })
}
