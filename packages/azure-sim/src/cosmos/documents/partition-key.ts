import { badRequest } from '../errors.ts'
import { isObject, type Json, type JsonObject, parseJson } from '../json.ts'

/** One level of a partition key; `undefined` where the document has no such property. */
export type Component = string | number | boolean | null | undefined

export interface PartitionDefinition {
  readonly paths: readonly (readonly string[])[]
  readonly kind: 'Hash' | 'MultiHash'
  readonly version: 1 | 2
}

/** `/a/b` and `/"a b"/c` as property names. */
function parsePath(path: string): string[] {
  const names = path.match(/"(?:[^"\\]|\\.)*"|[^/]+/g) ?? []
  return names.map(name => (name.startsWith('"') ? name.slice(1, -1) : name))
}

/** Reads the `partitionKey` of a container's properties; containers without one use `/id`. */
export function definitionOf(partitionKey: Json | undefined): PartitionDefinition {
  const key = isObject(partitionKey) ? partitionKey : {}
  const paths = Array.isArray(key['paths']) ? key['paths'].map(String) : ['/id']
  return {
    paths: paths.map(parsePath),
    kind: key['kind'] === 'MultiHash' ? 'MultiHash' : 'Hash',
    version: key['version'] === 2 || key['kind'] === 'MultiHash' ? 2 : 1,
  }
}

function componentAt(document: JsonObject, path: readonly string[]): Component {
  let at: Json | undefined = document
  for (const name of path) at = isObject(at) && Object.hasOwn(at, name) ? at[name] : undefined
  if (at === null || at === undefined || typeof at !== 'object') return at
  if (isObject(at) && Object.keys(at).length === 0) return undefined
  throw badRequest(
    "Partition key provided either doesn't correspond to definition in the collection or doesn't match partition key field values specified in the document.",
    1001,
  )
}

export const extractPartition = (
  definition: PartitionDefinition,
  document: JsonObject,
): Component[] => definition.paths.map(path => componentAt(document, path))

/** One text per key, so that a map can hold it; tells 1 from "1". */
export const partitionText = (components: readonly Component[]): string =>
  JSON.stringify(components.map(component => (component === undefined ? {} : component)))

const malformed = (): Error =>
  badRequest('Partition key value in the x-ms-documentdb-partitionkey header is invalid.')

/**
 * Reads the `x-ms-documentdb-partitionkey` header, a JSON array; `{}` is the value of a document
 * that has no such property, and so is an empty array.
 */
export function parsePartition(header: string, definition: PartitionDefinition): Component[] {
  const parsed = parseJson(header)
  if (!Array.isArray(parsed)) throw malformed()
  if (parsed.length === 0) return definition.paths.map(() => undefined)
  return parsed.map((component: Json) => {
    if (component === null || typeof component !== 'object') return component
    if (isObject(component) && Object.keys(component).length === 0) return undefined
    throw malformed()
  })
}

/** The whole partition key that a request on one document must carry. */
export function requirePartition(
  header: string | undefined,
  definition: PartitionDefinition,
): Component[] {
  const components = header === undefined ? [] : parsePartition(header, definition)
  if (components.length < definition.paths.length) {
    throw badRequest(
      'The partition key supplied in x-ms-partitionkey header has fewer components than defined in the the collection.',
    )
  }
  if (components.length > definition.paths.length) {
    throw badRequest(
      'The partition key supplied in x-ms-partitionkey header has more components than defined in the the collection.',
    )
  }
  return components
}
