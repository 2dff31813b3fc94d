/** A list of 32-bit integers that grows: millions of them, without an object for each. */
export class Numbers {
  #held = new Int32Array(1024)
  #length = 0

  get length(): number {
    return this.#length
  }

  push(value: number): void {
    if (this.#length === this.#held.length) {
      const larger = new Int32Array(this.#held.length * 2)
      larger.set(this.#held)
      this.#held = larger
    }
    this.#held[this.#length] = value
    this.#length += 1
  }

  set(index: number, value: number): void {
    if (index >= this.#length) throw new RangeError(`${index} is not among ${this.#length} numbers`)
    this.#held[index] = value
  }

  at(index: number): number {
    const value = index < this.#length ? this.#held[index] : undefined
    if (value === undefined) throw new RangeError(`${index} is not among ${this.#length} numbers`)
    return value
  }
}
