import type { IncomingHttpHeaders } from 'node:http'
import type { Address } from './address.ts'

/** True where the header says so, in any case: the SDKs send `true`, `True` and `TRUE`. */
export const says = (headers: IncomingHttpHeaders, name: string): boolean =>
  String(headers[name] ?? '').toLowerCase() === 'true'

export const isQuery = (headers: IncomingHttpHeaders): boolean =>
  says(headers, 'x-ms-documentdb-isquery') ||
  String(headers['content-type'] ?? '')
    .toLowerCase()
    .startsWith('application/query+json')

export const isQueryPlan = (headers: IncomingHttpHeaders): boolean =>
  says(headers, 'x-ms-cosmos-is-query-plan-request')

export const isBatch = (headers: IncomingHttpHeaders): boolean =>
  says(headers, 'x-ms-cosmos-is-batch-request')

/**
 * Whether a request reads or writes. A query is a POST that reads, where there is something to be
 * queried: a header makes no other POST a read, or who may only read could write with it. Batches,
 * bulk and the execution of a stored procedure are writes, whatever is in them.
 */
export function accessOf(
  verb: string,
  headers: IncomingHttpHeaders,
  { type, isFeed }: Pick<Address, 'type' | 'isFeed'>,
): 'read' | 'write' {
  if (verb === 'GET' || verb === 'HEAD') return 'read'
  if (verb !== 'POST' || !isFeed || isBatch(headers)) return 'write'
  return isQuery(headers) || (type === 'docs' && isQueryPlan(headers)) ? 'read' : 'write'
}

const metadataTypes = new Set([
  'dbs',
  'colls',
  'offers',
  'sprocs',
  'triggers',
  'udfs',
  'users',
  'permissions',
  'clientencryptionkeys',
])

/** Whether the request changes databases, containers, throughput or scripts, not documents. */
export const isMetadataWrite = (
  address: Address,
  verb: string,
  headers: IncomingHttpHeaders,
): boolean =>
  metadataTypes.has(address.type) &&
  accessOf(verb, headers, address) === 'write' &&
  !(address.type === 'sprocs' && verb === 'POST' && !address.isFeed)
