/** What the log keeps: each document once, at its latest change. */
export interface Logged {
  readonly lsn: number
}

/**
 * The documents of a container in the order of their latest change, so that a change feed can go on
 * from any log sequence number without looking at what lies before it. A document that changes again
 * leaves a hole behind; the log closes its holes once they are the greater part.
 */
export class ChangeLog<T extends Logged> {
  #entries: (T | undefined)[] = []
  #lsns: number[] = []
  #places = new Map<T, number>()

  append(entry: T): void {
    this.#places.set(entry, this.#entries.length)
    this.#entries.push(entry)
    this.#lsns.push(entry.lsn)
  }

  remove(entry: T): void {
    const place = this.#places.get(entry)
    if (place === undefined) return
    this.#places.delete(entry)
    this.#entries[place] = undefined
    if (this.#entries.length > 64 && this.#places.size * 2 < this.#entries.length) this.#compact()
  }

  /** Every entry after the given log sequence number, oldest change first. */
  *after(lsn: number): Generator<T> {
    for (let at = this.#firstAfter(lsn); at < this.#entries.length; at++) {
      const entry = this.#entries[at]
      if (entry !== undefined) yield entry
    }
  }

  #firstAfter(lsn: number): number {
    let low = 0
    let high = this.#lsns.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#lsns[middle] ?? 0) <= lsn) low = middle + 1
      else high = middle
    }
    return low
  }

  #compact(): void {
    const live = this.#entries.filter(entry => entry !== undefined)
    this.#entries = live
    this.#lsns = live.map(entry => entry.lsn)
    this.#places = new Map(live.map((entry, place) => [entry, place]))
  }
}
