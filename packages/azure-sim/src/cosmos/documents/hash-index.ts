/** No row: the end of a chain. */
export const noRow = -1

/**
 * Which rows have which hash: chains in two arrays of numbers, so that an index over a hundred
 * thousand rows is a handful of objects. Who asks compares the rows themselves.
 */
export class HashIndex {
  /** The first row of each chain, and of each row the next; 0 is none, so rows count from 1 here. */
  #heads = new Uint32Array(64)
  #next = new Uint32Array(64)
  #hashes = new Uint32Array(64)
  #count = 0

  /** The first row that may have this hash. */
  first(hash: number): number {
    return (this.#heads[hash & (this.#heads.length - 1)] ?? 0) - 1
  }

  /** The row after this one in its chain. */
  after(row: number): number {
    return (this.#next[row] ?? 0) - 1
  }

  hashOf(row: number): number {
    return this.#hashes[row] ?? 0
  }

  add(hash: number, row: number): void {
    if (row >= this.#next.length) {
      this.#next = grown(this.#next, row)
      this.#hashes = grown(this.#hashes, row)
    }
    this.#hashes[row] = hash
    this.#count += 1
    if (this.#count > this.#heads.length) this.#spread()
    this.#link(hash, row)
  }

  remove(row: number): void {
    const chain = this.hashOf(row) & (this.#heads.length - 1)
    const following = this.#next[row] ?? 0
    let before = this.first(chain)
    if (before === row) this.#heads[chain] = following
    else {
      while (before !== noRow && this.after(before) !== row) before = this.after(before)
      if (before !== noRow) this.#next[before] = following
    }
    this.#count -= 1
  }

  #link(hash: number, row: number): void {
    const chain = hash & (this.#heads.length - 1)
    this.#next[row] = this.#heads[chain] ?? 0
    this.#heads[chain] = row + 1
  }

  #spread(): void {
    const rows: number[] = []
    for (const head of this.#heads) {
      for (let row = head - 1; row !== noRow; row = this.after(row)) rows.push(row)
    }
    this.#heads = new Uint32Array(this.#heads.length * 2)
    for (const row of rows) this.#link(this.hashOf(row), row)
  }
}

/** The same numbers with room for `row`, and for half as many more. */
export function grown(numbers: Uint32Array, row: number): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(Math.max(row + 1, Math.ceil(numbers.length * 1.5)))
  larger.set(numbers)
  return larger
}

/** FNV-1a over some bytes, going on from an earlier hash. */
export function hashBytes(bytes: Uint8Array, from: number, to: number, start = 0x811c9dc5): number {
  let hash = start
  for (let at = from; at < to; at++) hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x01000193)
  return hash >>> 0
}
