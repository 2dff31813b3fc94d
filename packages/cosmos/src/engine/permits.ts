interface Waiter {
  readonly go: () => void
  readonly fail: (error: unknown) => void
  readonly signal: AbortSignal | undefined
  readonly onAbort: (() => void) | undefined
}

/**
 * How many attempts may hold a permit: one connection is kept for the account read by which the
 * client proves what they found. A key that dies under load so is refused once per connection at
 * most, the proof included, and the proof waits behind no operation.
 */
export const permitsFor = (connections: number): number => Math.max(1, connections - 1)

/**
 * As many attempts as there are connections for them. The signature is made when an attempt holds its
 * permit, so that a queue of a thousand is not signed with a key that dies before their turn.
 */
export class Permits {
  #free: number
  #held = 0
  #onIdle: (() => void) | null = null
  readonly #queue: Waiter[] = []
  #head = 0

  constructor(count: number) {
    this.#free = count
  }

  /** `null`: granted at once. Rejects with the signal's reason if it is aborted while waiting. */
  acquire(signal?: AbortSignal): Promise<void> | null {
    if (this.#free > 0) {
      this.#free -= 1
      this.#held += 1
      return null
    }
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason)
      const onAbort = signal && ((): void => this.#leave(waiter, () => reject(signal.reason)))
      const waiter: Waiter = { go: resolve, fail: reject, signal, onAbort }
      if (onAbort) signal.addEventListener('abort', onAbort, { once: true })
      this.#queue.push(waiter)
    })
  }

  release(): void {
    const next = this.#queue[this.#head]
    if (next === undefined) {
      this.#free += 1
      this.#held -= 1
      if (this.#held === 0) this.#onIdle?.()
      return
    }
    this.#head += 1
    // Moving the head instead of shifting keeps a long queue linear.
    if (this.#head > 1024 || this.#head === this.#queue.length) {
      this.#queue.splice(0, this.#head)
      this.#head = 0
    }
    if (next.onAbort) next.signal?.removeEventListener('abort', next.onAbort)
    next.go()
  }

  /** Sends all who wait away; those who hold a permit go on. */
  sendAway(error: unknown): void {
    for (const { fail, signal, onAbort } of this.#queue.splice(this.#head)) {
      if (onAbort) signal?.removeEventListener('abort', onAbort)
      fail(error)
    }
    this.#queue.length = 0
    this.#head = 0
  }

  /** Resolves when nobody holds a permit. */
  whenIdle(): Promise<void> {
    return new Promise(resolve => {
      if (this.#held === 0) return resolve()
      this.#onIdle = resolve
    })
  }

  #leave(waiter: Waiter, then: () => void): void {
    const at = this.#queue.indexOf(waiter, this.#head)
    if (at >= 0) this.#queue.splice(at, 1)
    then()
  }
}
