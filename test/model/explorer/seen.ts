/**
 * States seen so far, by 64 bits of their key: two of a million states share them with a chance of
 * about 3 in 10⁸. Open addressing in flat arrays, since a Map of strings would not fit.
 */
export class Seen {
  #low = new Uint32Array(1 << 16)
  #high = new Uint32Array(1 << 16)
  #index = new Int32Array(1 << 16).fill(-1)
  #size = 0

  get size(): number {
    return this.#size
  }

  /** The state's number; `isNew` where it had none yet. */
  add(key: string): { readonly index: number; readonly isNew: boolean } {
    if (this.#size * 2 > this.#index.length) this.#grow()
    const { low, high } = hash(key)
    const place = this.#place(low, high)
    const index = this.#index[place] ?? -1
    if (index >= 0) return { index, isNew: false }
    this.#low[place] = low
    this.#high[place] = high
    this.#index[place] = this.#size
    this.#size += 1
    return { index: this.#size - 1, isNew: true }
  }

  #place(low: number, high: number): number {
    const mask = this.#index.length - 1
    let place = (low ^ Math.imul(high, 0x9e3779b1)) & mask
    while (this.#index[place] !== -1 && (this.#low[place] !== low || this.#high[place] !== high)) {
      place = (place + 1) & mask
    }
    return place
  }

  #grow(): void {
    const [low, high, index] = [this.#low, this.#high, this.#index]
    this.#low = new Uint32Array(low.length * 2)
    this.#high = new Uint32Array(low.length * 2)
    this.#index = new Int32Array(low.length * 2).fill(-1)
    for (let old = 0; old < index.length; old += 1) {
      const known = index[old] ?? -1
      if (known < 0) continue
      const place = this.#place(low[old] ?? 0, high[old] ?? 0)
      this.#low[place] = low[old] ?? 0
      this.#high[place] = high[old] ?? 0
      this.#index[place] = known
    }
  }
}

/** Two independent 32-bit hashes in one pass (after cyrb53, public domain, by bryc). */
const hash = (text: string): { low: number; high: number } => {
  let a = 0xdeadbeef
  let b = 0x41c6ce57
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    a = Math.imul(a ^ code, 2654435761)
    b = Math.imul(b ^ code, 1597334677)
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909)
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909)
  return { low: a >>> 0, high: b >>> 0 }
}
