/**
 * The entries that were used last, at least `least` and at most twice as many: a map that is thrown
 * away once it is full, after one more life as the older of two.
 */
export class Recent<K, V> {
  readonly #least: number
  #young = new Map<K, V>()
  #old = new Map<K, V>()

  constructor(least: number) {
    this.#least = least
  }

  get(key: K): V | undefined {
    const young = this.#young.get(key)
    if (young !== undefined) return young
    const old = this.#old.get(key)
    if (old !== undefined) this.set(key, old)
    return old
  }

  set(key: K, value: V): void {
    if (this.#young.size >= this.#least) {
      this.#old = this.#young
      this.#young = new Map()
    }
    this.#young.set(key, value)
  }
}
