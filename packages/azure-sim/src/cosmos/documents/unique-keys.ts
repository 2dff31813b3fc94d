import { isObject, type Json, type JsonObject } from '../json.ts'

/** The property paths of each unique key of a container's `uniqueKeyPolicy`. */
export type UniqueKeys = readonly (readonly (readonly string[])[])[]

export function uniqueKeysOf(policy: Json | undefined): UniqueKeys {
  const keys = isObject(policy) && Array.isArray(policy['uniqueKeys']) ? policy['uniqueKeys'] : []
  return keys.flatMap(key =>
    isObject(key) && Array.isArray(key['paths'])
      ? [key['paths'].map(path => String(path).split('/').filter(Boolean))]
      : [],
  )
}

const valueAt = (document: JsonObject, path: readonly string[]): Json | undefined =>
  path.reduce<Json | undefined>((at, name) => (isObject(at) ? at[name] : undefined), document)

/** One text per unique key that a document takes within its logical partition; absent is null. */
export const uniqueTexts = (keys: UniqueKeys, document: JsonObject): string[] =>
  keys.map(
    (paths, which) =>
      `${which}:${JSON.stringify(paths.map(path => valueAt(document, path) ?? null))}`,
  )
