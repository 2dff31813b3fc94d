import { grown } from './hash-index.ts'

/** A document's row, and the log sequence number of a change of it. */
export interface Entry {
  readonly row: number
  readonly lsn: number
}

/**
 * The changes of a container in their order, so that a change feed can go on from any log sequence
 * number without looking at what lies before it. Only the latest change of a document counts, which
 * who keeps the documents can tell: the others are passed over, and dropped once they are most.
 */
export class ChangeLog {
  #rows = new Uint32Array(64)
  #lsns = new Uint32Array(64)
  #length = 0
  /** Whether this is still the latest change of a document. */
  readonly #isLatest: (entry: Entry) => boolean

  constructor(isLatest: (entry: Entry) => boolean) {
    this.#isLatest = isLatest
  }

  get length(): number {
    return this.#length
  }

  /** A row changed. Within one transaction, which has one number, it is told once. */
  append(entry: Entry): void {
    if (this.#length === this.#rows.length) {
      this.#rows = grown(this.#rows, this.#length)
      this.#lsns = grown(this.#lsns, this.#length)
    }
    this.#rows[this.#length] = entry.row
    this.#lsns[this.#length] = entry.lsn
    this.#length += 1
  }

  /** The latest change of each document after the given log sequence number, oldest first. */
  *after(lsn: number): Generator<Entry> {
    for (let at = this.#firstAfter(lsn); at < this.#length; at++) {
      const entry = this.#entry(at)
      if (this.#isLatest(entry)) yield entry
    }
  }

  /** Drops what is no document's latest change. */
  compact(): void {
    let kept = 0
    for (let at = 0; at < this.#length; at++) {
      const { row, lsn } = this.#entry(at)
      if (!this.#isLatest({ row, lsn })) continue
      this.#rows[kept] = row
      this.#lsns[kept] = lsn
      kept += 1
    }
    this.#length = kept
  }

  /** Begins anew with these, in the order of their numbers. */
  replace(entries: readonly Entry[]): void {
    this.#length = 0
    for (const entry of entries) this.append(entry)
  }

  #entry(at: number): Entry {
    return { row: this.#rows[at] ?? 0, lsn: this.#lsns[at] ?? 0 }
  }

  #firstAfter(lsn: number): number {
    let low = 0
    let high = this.#length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#lsns[middle] ?? 0) <= lsn) low = middle + 1
      else high = middle
    }
    return low
  }
}
