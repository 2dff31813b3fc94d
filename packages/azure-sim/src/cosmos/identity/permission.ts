import { parseAddress } from '../address.ts'
import type { Catalogue, Database } from '../catalogue/catalogue.ts'
import type { Container } from '../documents/container.ts'
import { parsePartition, partitionText } from '../documents/partition-key.ts'
import * as errors from '../errors.ts'
import type { Json, JsonObject } from '../json.ts'
import type { Entry } from './shelf.ts'

export type Mode = 'Read' | 'All'

/** What a permission is for. */
export interface Scope {
  /** The container's rid: one that is made anew under the same name is another. */
  readonly container: string
  /** Below the container, where not the whole of it: `docs/a`. */
  readonly item: string | undefined
  /** One partition key of the container, or the first levels of a hierarchical one. */
  readonly partition: { readonly levels: number; readonly text: string } | undefined
}

export interface Permission extends Entry {
  readonly mode: Mode
  readonly scope: Scope
  /** The settable properties, as they were given. */
  readonly given: JsonObject
}

/** Microsoft's SDKs write either case: `PermissionMode.Read` is `read` in JavaScript. */
const modes: Readonly<Record<string, Mode>> = { read: 'Read', all: 'All' }

/** What permissions may name below a container ("Permissions", Azure Cosmos DB REST reference). */
const itemKinds = new Set(['docs', 'sprocs', 'triggers', 'udfs'])

/**
 * Reads the settable properties of a permission.
 *
 * @throws ServiceError 400 for a property that is missing or of the wrong form, 404 for a container
 *   that does not exist
 */
export function permissionFrom(
  body: JsonObject,
  database: Database,
  catalogue: Catalogue,
): Pick<Permission, 'mode' | 'scope' | 'given'> {
  const { id, permissionMode, resource, resourcePartitionKey } = body
  const missing = Object.entries({ permissionMode, resource })
    .filter(([, value]) => value === undefined || value === '')
    .map(([name]) => `${name}; `)
  if (missing.length > 0) {
    throw errors.badRequest(
      `The input content is invalid because the required properties - '${missing.join('')}' - are missing`,
    )
  }
  const mode = modes[String(permissionMode).toLowerCase()]
  if (mode === undefined) {
    throw errors.badRequest(
      `Invalid value ${String(permissionMode).slice(0, 64)} passed for enum PermissionMode`,
    )
  }
  const { container, item } = resolve(String(resource), database, catalogue)
  const partition =
    resourcePartitionKey === undefined || resourcePartitionKey === null
      ? undefined
      : partitionOf(resourcePartitionKey, container)
  const given = {
    id,
    permissionMode,
    resource,
    ...(partition === undefined ? {} : { resourcePartitionKey }),
  }
  return { mode, scope: { container: container.rid, item, partition }, given }
}

/** A link by names or by rids, with slashes at its ends or without. */
function resolve(link: string, database: Database, catalogue: Catalogue) {
  const { segments, ridBased } = parseAddress(link)
  const [dbs, databaseId = '', colls, containerId = '', kind, name, ...more] = segments
  const whole = segments.length === 4
  const part = segments.length === 6 && kind !== undefined && itemKinds.has(kind)
  if (dbs !== 'dbs' || colls !== 'colls' || (!whole && !part) || more.length > 0) {
    throw errors.badRequest(`Resource Url path ${link.slice(0, 255)} is invalid.`)
  }
  const container = catalogue.container(databaseId, containerId)
  if (container === undefined) throw errors.notFound()
  if (container.databaseId !== database.id) {
    throw errors.badRequest(`Resource Url path ${link.slice(0, 255)} is invalid.`)
  }
  return {
    container,
    item: part ? `${kind}/${nameOf(container, kind, name ?? '', ridBased)}` : undefined,
  }
}

/** The name of a document that is addressed by its rid; the rid itself where there is none. */
export function nameOf(container: Container, kind: string, name: string, byRid: boolean): string {
  if (!byRid || kind !== 'docs') return name
  const documents = container.store.list(null, Number.NEGATIVE_INFINITY)
  return documents.find(({ rid }) => rid === name)?.id ?? name
}

/** An array, even of one (Azure/azure-sdk-for-js issue 4972: a bare text is refused). */
function partitionOf(value: Json, { definition }: Container) {
  const components = parsePartition(JSON.stringify(value), definition)
  if (components.length > definition.paths.length) {
    throw errors.badRequest(
      'The partition key supplied in resourcePartitionKey has more components than defined in the collection.',
    )
  }
  return { levels: components.length, text: partitionText(components) }
}

export const sameScope = (a: Scope, b: Scope): boolean =>
  a.container === b.container && a.item === b.item && a.partition?.text === b.partition?.text
