import type { StoredDocument } from '../documents/document.ts'
import type { Documents } from '../documents/documents.ts'
import { writeForbidden } from '../errors.ts'
import type { History } from './history.ts'

/** A container's documents as a region sees them that is behind: up to one log sequence number. */
export class StoreView implements Documents {
  readonly lsn: number
  readonly #current: Documents
  readonly #history: History

  constructor(current: Documents, history: History, lsn: number) {
    this.#current = current
    this.#history = history
    this.lsn = lsn
  }

  get(partition: string, id: string, now: number): StoredDocument | undefined {
    if (!this.#history.holds(partition, id)) return this.#current.get(partition, id, now)
    const found = this.#history.find(partition, id, this.lsn)
    return found !== undefined && found.expiresAt > now ? found : undefined
  }

  list(partition: string | null, now: number): StoredDocument[] {
    const settled = this.#current
      .list(partition, now)
      .filter(document => !this.#history.holds(document.partition, document.id))
    const former = this.#former(now).filter(
      document => partition === null || document.partition === partition,
    )
    return [...settled, ...former].sort((a, b) => a.ordinal - b.ordinal)
  }

  *changedAfter(lsn: number, now: number): Generator<StoredDocument> {
    const former = this.#former(now).filter(document => document.lsn > lsn)
    const queue = former.sort((a, b) => a.lsn - b.lsn)
    for (const document of this.#current.changedAfter(lsn, now)) {
      if (this.#history.holds(document.partition, document.id)) continue
      while (queue[0] !== undefined && queue[0].lsn < document.lsn) {
        const next = queue.shift()
        if (next !== undefined) yield next
      }
      yield document
    }
    yield* queue
  }

  /** A region that is behind is no write region, and was refused before it came to this. */
  put(): never {
    throw writeForbidden()
  }

  remove(): never {
    throw writeForbidden()
  }

  transact(): never {
    throw writeForbidden()
  }

  #former(now: number): StoredDocument[] {
    return [...this.#history.former(this.lsn)].flatMap(({ was }) =>
      was !== undefined && was.expiresAt > now ? [was] : [],
    )
  }
}
