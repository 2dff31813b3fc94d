/** A stretch of memory outside the JavaScript heap that texts are written into one after the other. */
export interface Slab {
  readonly index: number
  readonly bytes: Buffer
  used: number
}

/** Where a document's texts are: the partition key, the id and the body, one after the other. */
export interface Place {
  readonly slab: Slab
  readonly at: number
  readonly partitionBytes: number
  readonly idBytes: number
  readonly bodyBytes: number
}

export const bytesOf = ({ partitionBytes, idBytes, bodyBytes }: Place): number =>
  partitionBytes + idBytes + bodyBytes

const smallest = 16 * 1024
const largest = 1024 * 1024

/**
 * Texts outside the JavaScript heap: one allocation for thousands of them, so that a text costs its
 * bytes and nothing more, and the collector has nothing to trace or to leave room for. A slab lives
 * as long as anything refers to it; {@link TextHeap.wasteful} says when to copy what is alive.
 */
export class TextHeap {
  readonly #slabs: Slab[] = []
  #slab = this.#open(0)
  #next = smallest
  #held = 0
  #dead = 0

  /** The slab of this index; rows of numbers cannot refer to it otherwise. */
  slab(index: number): Slab {
    const slab = this.#slabs[index]
    if (slab === undefined) throw new Error(`There is no slab ${index}.`)
    return slab
  }

  append(partition: string, id: string, body: string): Place {
    const partitionBytes = Buffer.byteLength(partition)
    const idBytes = Buffer.byteLength(id)
    const bodyBytes = Buffer.byteLength(body)
    const slab = this.#room(partitionBytes + idBytes + bodyBytes)
    const at = slab.used
    slab.bytes.write(partition, at)
    slab.bytes.write(id, at + partitionBytes)
    slab.bytes.write(body, at + partitionBytes + idBytes)
    slab.used += partitionBytes + idBytes + bodyBytes
    return { slab, at, partitionBytes, idBytes, bodyBytes }
  }

  /** Copies texts from another heap. */
  copy(place: Place): Place {
    const length = bytesOf(place)
    const slab = this.#room(length)
    const at = slab.used
    place.slab.bytes.copy(slab.bytes, at, place.at, place.at + length)
    slab.used += length
    return { ...place, slab, at }
  }

  /** These texts are nobody's any more. */
  release(place: Place): void {
    this.#dead += bytesOf(place)
  }

  /** Whether most of it is dead, and enough to be worth copying the rest. */
  get wasteful(): boolean {
    return this.#dead > largest && this.#dead * 2 > this.#held
  }

  #room(length: number): Slab {
    this.#held += length
    if (this.#slab.bytes.length - this.#slab.used >= length) return this.#slab
    // A text that is large itself gets a slab of its own, and leaves the current one to others.
    if (length > largest / 4) return this.#open(length)
    this.#slab = this.#open(Math.max(this.#next, length))
    this.#next = Math.min(this.#next * 2, largest)
    return this.#slab
  }

  #open(size: number): Slab {
    const slab = { index: this.#slabs.length, bytes: Buffer.allocUnsafeSlow(size), used: 0 }
    this.#slabs.push(slab)
    return slab
  }
}
