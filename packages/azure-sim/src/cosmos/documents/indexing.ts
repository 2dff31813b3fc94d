import { isObject } from '../json.ts'
import type { Container } from './container.ts'
import type { StoredDocument } from './document.ts'

/**
 * Documents that no query finds: of each container's store, the version of a document that was left
 * out of the index. Another version of the same document is judged anew.
 */
const unindexed = new WeakMap<Container['whole'], Map<number, number>>()

/**
 * Notes whether a written document is indexed: as `x-ms-indexing-directive` says, else as the
 * container's policy does. Reads by id and feeds do not ask the index.
 */
export function noteIndexing(
  { whole, properties }: Container,
  document: StoredDocument | undefined,
  directive: string | undefined,
): void {
  if (document === undefined) return
  const policy = properties['indexingPolicy']
  const automatic = !isObject(policy) || policy['automatic'] !== false
  const asked = directive?.toLowerCase()
  const included = asked === 'include' || (asked !== 'exclude' && automatic)
  const left = unindexed.get(whole)
  // Without any index the service scans, and so finds everything.
  if (included || (isObject(policy) && policy['indexingMode'] === 'none')) {
    left?.delete(document.ordinal)
    return
  }
  const known = left ?? new Map<number, number>()
  known.set(document.ordinal, document.lsn)
  unindexed.set(whole, known)
}

/** The documents that queries find. */
export function indexed(
  { whole }: Container,
  documents: readonly StoredDocument[],
): readonly StoredDocument[] {
  const left = unindexed.get(whole)
  if (left === undefined || left.size === 0) return documents
  return documents.filter(({ ordinal, lsn }) => left.get(ordinal) !== lsn)
}
