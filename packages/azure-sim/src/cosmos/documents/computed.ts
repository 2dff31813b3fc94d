import { isObject, type Json, type JsonObject } from '../json.ts'
import type { Row } from '../sql/run.ts'
import type { StoredDocument } from './document.ts'
import { runQuery } from './query-engine.ts'

/** A property that queries can name and that no document holds. */
interface Computed {
  readonly name: string
  readonly query: string
}

function computedOf(properties: JsonObject): Computed[] {
  const list = properties['computedProperties']
  return (Array.isArray(list) ? list : []).flatMap((item: Json) =>
    isObject(item) && typeof item['name'] === 'string' && typeof item['query'] === 'string'
      ? [{ name: item['name'], query: item['query'] }]
      : [],
  )
}

/**
 * Documents as queries see them: with the container's computed properties, worked out when a query
 * names them. `SELECT *` leaves them out (Microsoft, "Computed properties"), hence not enumerable.
 */
export function queried(
  documents: readonly StoredDocument[],
  properties: JsonObject,
): readonly Row[] {
  const computed = computedOf(properties)
  if (computed.length === 0) return documents
  return documents.map(document => ({
    rid: document.rid,
    get value() {
      return withComputed(document.value, computed)
    },
  }))
}

function withComputed(value: JsonObject, computed: readonly Computed[]): JsonObject {
  const seen = { ...value }
  for (const { name, query } of computed) {
    if (Object.hasOwn(value, name)) continue
    const get = (): Json | undefined =>
      runQuery({ query, parameters: [] }, [value], { size: 1, continuation: undefined }).items[0]
    Object.defineProperty(seen, name, { get, enumerable: false })
  }
  return seen
}
