import type { JsonObject } from '../json.ts'
import type { StoredDocument } from './document.ts'
import type { Component } from './partition-key.ts'

/** The documents of one container, as reads and writes see them. */
export interface Documents {
  /** The log sequence number of the latest change. */
  readonly lsn: number
  get(partition: string, id: string, now: number): StoredDocument | undefined
  /** The live documents of one logical partition, or of all, in the order of their rids. */
  list(partition: string | null, now: number): StoredDocument[]
  /** The documents changed after a log sequence number, each once, at its latest version. */
  changedAfter(lsn: number, now: number): Generator<StoredDocument>
  /** Stores a new version of a document, or a new document. The caller has checked conditions. */
  put(
    components: readonly Component[],
    body: JsonObject & { id: string },
    now: number,
  ): StoredDocument
  remove(document: StoredDocument, now: number): void
  /** All changes within `work` get one log sequence number, and none happens if it throws. */
  transact<T>(work: () => T): T
}
