/** A stretch of memory outside the JavaScript heap that texts are written into one after the other. */
export interface Slab {
  readonly bytes: Buffer
  used: number
}

const smallest = 16 * 1024
const largest = 1024 * 1024

/**
 * Texts outside the JavaScript heap: one allocation for thousands of them, so that a text costs its
 * bytes and nothing more, and the collector has nothing to trace or to leave room for. A slab lives
 * as long as anything refers to it; {@link TextHeap.wasteful} says when to write what is alive anew.
 */
export class TextHeap {
  #slab: Slab = { bytes: Buffer.alloc(0), used: 0 }
  #next = smallest
  #held = 0
  #dead = 0

  /** Writes a text; it begins where the slab was used up to. Returns its slab and its bytes. */
  append(text: string): { readonly slab: Slab; readonly at: number; readonly length: number } {
    const length = Buffer.byteLength(text)
    const slab = this.#room(length)
    const at = slab.used
    slab.bytes.write(text, at, 'utf8')
    slab.used += length
    this.#held += length
    return { slab, at, length }
  }

  /** So many bytes are nobody's any more. */
  release(bytes: number): void {
    this.#dead += bytes
  }

  /** Whether most of it is dead, and enough to be worth copying the rest. */
  get wasteful(): boolean {
    return this.#dead > largest && this.#dead * 2 > this.#held
  }

  #room(length: number): Slab {
    const slab = this.#slab
    if (slab.bytes.length - slab.used >= length) return slab
    // A text that is large itself gets a slab of its own, and leaves the current one to others.
    if (length > largest / 4) return { bytes: Buffer.allocUnsafeSlow(length), used: 0 }
    this.#slab = { bytes: Buffer.allocUnsafeSlow(Math.max(this.#next, length)), used: 0 }
    this.#next = Math.min(this.#next * 2, largest)
    return this.#slab
  }
}
