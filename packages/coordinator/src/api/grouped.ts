import type { Store } from '../ports.ts'

interface Waiting {
  /** Begins the work, and returns what gives its answer. */
  readonly begin: () => () => void
  readonly fail: (error: unknown) => void
}

/**
 * Writes what everybody says who was heard in one round of the event loop in one transaction: a
 * fleet that answers at once waits for one write to the disk, not for one each. No answer is given
 * before that write; whoever fails by itself takes nobody else's with it.
 */
export class Grouped {
  readonly #store: Pick<Store, 'together'>
  #waiting: Waiting[] = []

  constructor(store: Pick<Store, 'together'>) {
    this.#store = store
  }

  /** @param work writes before its first `await`, or not at all. */
  run<T>(work: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const begin = () => {
        const answer = work()
        // Where the group's write fails, nobody listens to it any more.
        answer.catch(() => undefined)
        return () => resolve(answer)
      }
      if (this.#waiting.length === 0) setImmediate(() => this.#flush())
      this.#waiting.push({ begin, fail: reject })
    })
  }

  #flush(): void {
    const group = this.#waiting
    this.#waiting = []
    const all = () => group.map(({ begin }) => begin())
    try {
      for (const answer of this.#store.together?.(all) ?? all()) answer()
    } catch (error) {
      for (const { fail } of group) fail(error)
    }
  }
}
