import { badRequest } from '../errors.ts'
import type { Container } from './container.ts'
import type { StoredDocument } from './document.ts'

/** Where a reader of the change feed stands. */
export type Start =
  | { readonly from: 'beginning' }
  | { readonly from: 'now' }
  | { readonly from: 'time'; readonly ms: number }
  | { readonly from: 'lsn'; readonly lsn: number }

/** Which documents a feed or query is about. */
export type Scope = (document: StoredDocument) => boolean

export interface Changes {
  readonly documents: readonly StoredDocument[]
  /** Where to go on: the log sequence number that has been read up to. */
  readonly lsn: number
}

/**
 * Reads where to start from the request's headers: `If-None-Match` (`*` is now, an etag is a place),
 * else `If-Modified-Since`, else the beginning. Throws 400 for a place that no answer ever told: to
 * begin anew, or to wait for ever, would hide a client's mistake.
 */
export function startOf(
  ifNoneMatch: string | undefined,
  ifModifiedSince: string | undefined,
): Start {
  if (ifNoneMatch === '*') return { from: 'now' }
  const lsn = /^"?(\d{1,15})"?$/.exec(ifNoneMatch ?? '')?.[1]
  if (lsn !== undefined) return { from: 'lsn', lsn: Number(lsn) }
  if (ifNoneMatch !== undefined && ifNoneMatch !== '') {
    throw badRequest(
      `The continuation '${ifNoneMatch.slice(0, 64)}' of the change feed is invalid.`,
    )
  }
  const ms = Date.parse(ifModifiedSince ?? '')
  return Number.isNaN(ms) ? { from: 'beginning' } : { from: 'time', ms }
}

/**
 * One page of the latest-version change feed: each changed document once, oldest change first. The
 * changes of one transaction are never divided between pages, as the service promises.
 */
export function readChanges(
  { store }: Container,
  start: Start,
  scope: Scope,
  page: { size: number; now: number },
): Changes {
  if (start.from === 'now') return { documents: [], lsn: store.lsn }
  const after = start.from === 'lsn' ? start.lsn : 0
  const sinceSeconds = start.from === 'time' ? Math.floor(start.ms / 1000) : 0
  const documents: StoredDocument[] = []
  for (const document of store.changedAfter(after, page.now)) {
    const last = documents.at(-1)
    if (documents.length >= page.size && last !== undefined && last.lsn !== document.lsn) {
      return { documents, lsn: last.lsn }
    }
    if (document.changedAt >= sinceSeconds && scope(document)) documents.push(document)
  }
  return { documents, lsn: Math.max(after, store.lsn) }
}
