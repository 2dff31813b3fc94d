import type { Stamp, StoredDocument } from './document.ts'
import { grown } from './hash-index.ts'
import type { Place, TextHeap } from './text-heap.ts'

/** The columns of a row, by their place in it. */
const slab = 0
const at = 1
const partitionBytes = 2
const idBytes = 3
const bodyBytes = 4
const ordinal = 5
const lsn = 6
const changedAt = 7
const ttl = 8
const width = 9

/** The numbers of documents, a row for each, in one array; 0 as log sequence number is no document. */
export class Rows {
  #numbers = new Uint32Array(64 * width)
  readonly #free: number[] = []
  #used = 0
  #count = 0

  get count(): number {
    return this.#count
  }

  add(): number {
    this.#count += 1
    const row = this.#free.pop() ?? this.#used++
    if ((row + 1) * width > this.#numbers.length) {
      this.#numbers = grown(this.#numbers, (row + 1) * width)
    }
    return row
  }

  remove(row: number): void {
    this.#numbers[row * width + lsn] = 0
    this.#free.push(row)
    this.#count -= 1
  }

  fill(row: number, document: StoredDocument): void {
    const { place } = document
    const numbers = this.#numbers
    const start = row * width
    numbers[start + partitionBytes] = place.partitionBytes
    numbers[start + idBytes] = place.idBytes
    numbers[start + bodyBytes] = place.bodyBytes
    numbers[start + ordinal] = document.ordinal
    numbers[start + lsn] = document.lsn
    numbers[start + changedAt] = document.changedAt
    numbers[start + ttl] = document.ttl
    this.move(row, place)
  }

  /** Its texts are elsewhere now. */
  move(row: number, place: Place): void {
    this.#numbers[row * width + slab] = place.slab.index
    this.#numbers[row * width + at] = place.at
  }

  lsn(row: number): number {
    return this.#of(row, lsn)
  }

  place(row: number, texts: TextHeap): Place {
    return {
      slab: texts.slab(this.#of(row, slab)),
      at: this.#of(row, at),
      partitionBytes: this.#of(row, partitionBytes),
      idBytes: this.#of(row, idBytes),
      bodyBytes: this.#of(row, bodyBytes),
    }
  }

  stamp(row: number): Stamp {
    return {
      ordinal: this.#of(row, ordinal),
      lsn: this.#of(row, lsn),
      changedAt: this.#of(row, changedAt),
      ttl: this.#of(row, ttl),
    }
  }

  *live(): Generator<number> {
    for (let row = 0; row < this.#used; row++) if (this.lsn(row) > 0) yield row
  }

  #of(row: number, column: number): number {
    return this.#numbers[row * width + column] ?? 0
  }
}
