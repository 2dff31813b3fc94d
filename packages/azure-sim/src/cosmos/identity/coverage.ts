import type { IncomingHttpHeaders } from 'node:http'
import { accessOf } from '../access.ts'
import type { Address } from '../address.ts'
import type { Catalogue } from '../catalogue/catalogue.ts'
import type { Container } from '../documents/container.ts'
import { parsePartition, partitionText } from '../documents/partition-key.ts'
import { type Mode, nameOf, type Scope } from './permission.ts'

/** What of a request decides whether a permission covers it. */
export interface Asked {
  readonly verb: string
  readonly address: Address
  readonly headers: IncomingHttpHeaders
}

/**
 * Whether a permission covers a request: the resource itself and what is below it. The account and,
 * for reads, the container's own properties and ranges are open to every token of the container,
 * since SDKs route by them.
 */
export function covers(scope: Scope, mode: Mode, asked: Asked, catalogue: Catalogue): boolean {
  const { verb, headers, address } = asked
  const { segments } = address
  const reads = accessOf(verb, headers, address) === 'read'
  if (segments.length === 0) return reads
  const [dbs, databaseId = '', colls, containerId, kind, name] = segments
  if (dbs !== 'dbs' || colls !== 'colls' || containerId === undefined) return false
  const container = catalogue.container(databaseId, containerId)
  if (container?.rid !== scope.container) return false
  if (!reads && mode !== 'All') return false
  if (kind === undefined || kind === 'pkranges') {
    return reads || (scope.item === undefined && scope.partition === undefined)
  }
  if (scope.item !== undefined) {
    if (segments.length !== 6 || name === undefined) return false
    if (`${kind}/${nameOf(container, kind, name, address.ridBased)}` !== scope.item) return false
  }
  return scope.partition === undefined || isWithin(scope.partition, container, headers)
}

/** A request that names no partition key is about all of them. */
function isWithin(
  { levels, text }: NonNullable<Scope['partition']>,
  { definition }: Container,
  headers: IncomingHttpHeaders,
): boolean {
  const header = headers['x-ms-documentdb-partitionkey']
  if (typeof header !== 'string') return false
  try {
    const components = parsePartition(header, definition)
    return partitionText(components.slice(0, levels)) === text
  } catch {
    return false
  }
}
