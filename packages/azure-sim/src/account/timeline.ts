/** Told the time that it was due at, which may be before the time at which somebody looked. */
export type Happening = (at: number) => void

/** What is still to happen, in the order of its times; it happens when somebody looks. */
export class Timeline {
  #settling = false
  #due: { readonly at: number; readonly happen: Happening }[] = []

  /** When the next thing happens; infinite where nothing is to come. */
  get next(): number {
    return this.#due[0]?.at ?? Number.POSITIVE_INFINITY
  }

  /** Lets something happen at `at`, after whatever was said before to happen then. */
  add(at: number, happen: Happening): void {
    const place = this.#due.findIndex(due => due.at > at)
    this.#due.splice(place === -1 ? this.#due.length : place, 0, { at, happen })
  }

  /** Lets happen what is due by `now`: no timer can be late, since there is none. */
  settle(now: number): void {
    // What happens may look at things itself: it sees them as they are, in the middle of it.
    if (this.#settling) return
    this.#settling = true
    try {
      while (this.next <= now) {
        const due = this.#due.shift()
        due?.happen(due.at)
      }
    } finally {
      this.#settling = false
    }
  }
}
