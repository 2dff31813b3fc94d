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
  #holes = 0

  append(entry: T): void {
    this.#entries.push(entry)
    this.#lsns.push(entry.lsn)
  }

  remove(entry: T): void {
    // The changes of one transaction share a number, so the place is among a few.
    let place = this.#firstAfter(entry.lsn - 1)
    while (this.#lsns[place] === entry.lsn && this.#entries[place] !== entry) place += 1
    if (this.#entries[place] !== entry) return
    this.#entries[place] = undefined
    this.#holes += 1
    if (this.#entries.length > 64 && this.#holes * 2 > this.#entries.length) this.#compact()
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
    this.#holes = 0
  }
}
