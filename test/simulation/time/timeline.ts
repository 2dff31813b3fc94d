/** Something that is due. Cancelled by clearing `run`. */
export interface Due {
  readonly at: number
  readonly order: number
  run: (() => void) | null
}

/** So many events at one instant are a loop that never ends, not a busy millisecond. */
const perInstantMax = 200_000

/** So many events in one round of the event loop: polling the system in between is most of the cost. */
const perRound = 64

const isBefore = (a: Due, b: Due): boolean => a.at < b.at || (a.at === b.at && a.order < b.order)

/**
 * Virtual time: a queue of what is due, in whole milliseconds. Between two events everything that
 * was promised settles, so that an event and all that follows from it happen at one instant.
 */
export class Timeline {
  now = 0
  /** How many events have happened. */
  events = 0
  #order = 0
  #atThisInstant = 0
  readonly #heap: Due[] = []

  after(ms: number, run: () => void): Due {
    this.#order += 1
    const due = { at: this.now + Math.max(0, Math.ceil(ms)), order: this.#order, run }
    this.#push(due)
    return due
  }

  /** Runs until it is over, asked before each event, or until nothing is due. */
  run(isOver: () => boolean): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    let left = 0
    let ended = false
    const end = (settle: () => void): void => {
      ended = true
      settle()
    }
    const step = (): void => {
      left -= 1
      if (ended) return
      try {
        if (isOver() || !this.#happen()) end(resolve)
      } catch (error) {
        end(() => reject(error))
      }
      if (!ended && left === 0) round()
    }
    const round = (): void => {
      left = perRound
      for (let index = 0; index < perRound; index += 1) setImmediate(step)
    }
    round()
    return promise
  }

  /** Whether anything was due. */
  #happen(): boolean {
    for (let due = this.#pop(); due !== undefined; due = this.#pop()) {
      if (due.run === null) continue
      this.#atThisInstant = due.at === this.now ? this.#atThisInstant + 1 : 0
      if (this.#atThisInstant > perInstantMax) throw new RangeError('time stands still')
      this.now = due.at
      this.events += 1
      due.run()
      return true
    }
    return false
  }

  #push(due: Due): void {
    const heap = this.#heap
    let index = heap.length
    heap.push(due)
    while (index > 0) {
      const up = (index - 1) >> 1
      const parent = heap[up]
      if (parent === undefined || !isBefore(due, parent)) break
      heap[index] = parent
      index = up
    }
    heap[index] = due
  }

  #pop(): Due | undefined {
    const heap = this.#heap
    const first = heap[0]
    const last = heap.pop()
    if (last === undefined || heap.length === 0) return first
    let index = 0
    for (;;) {
      const left = 2 * index + 1
      const a = heap[left]
      if (a === undefined) break
      const b = heap[left + 1]
      const down = b !== undefined && isBefore(b, a) ? left + 1 : left
      const child = heap[down]
      if (child === undefined || !isBefore(child, last)) break
      heap[index] = child
      index = down
    }
    heap[index] = last
    return first
  }
}
