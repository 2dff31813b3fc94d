import { isObject, type JsonObject } from '../json.ts'
import type { StoredDocument } from './document.ts'

/** Documents that no query finds; each new version of a document is judged anew. */
const unindexed = new WeakSet<StoredDocument>()

/**
 * Notes whether a written document is indexed: as `x-ms-indexing-directive` says, else as the
 * container's policy does. Reads by id and feeds do not ask the index.
 */
export function noteIndexing(
  document: StoredDocument | undefined,
  directive: string | undefined,
  properties: JsonObject,
): void {
  if (document === undefined) return
  const policy = properties['indexingPolicy']
  const automatic = !isObject(policy) || policy['automatic'] !== false
  const asked = directive?.toLowerCase()
  const included = asked === 'include' || (asked !== 'exclude' && automatic)
  // Without any index the service scans, and so finds everything.
  if (!included && !(isObject(policy) && policy['indexingMode'] === 'none')) unindexed.add(document)
}

export const isIndexed = (document: StoredDocument): boolean => !unindexed.has(document)
