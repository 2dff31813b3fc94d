import type { Clock } from '@keyturn/keyring'

interface Sleeper {
  readonly at: number
  readonly wake: () => void
}

/** Time that passes when a test says so, from one sleeper to the next. */
export class SteppedClock implements Clock {
  #now = 0
  #jumpMs = 0
  readonly #sleepers = new Set<Sleeper>()
  readonly #underWay = new Set<Promise<unknown>>()

  /** Something that takes real time: virtual time does not run past it. */
  async during<T>(work: Promise<T>): Promise<T> {
    this.#underWay.add(work)
    try {
      return await work
    } finally {
      this.#underWay.delete(work)
    }
  }

  now(): number {
    return this.#now
  }

  wall(): number {
    return Date.now() + this.#now + this.#jumpMs
  }

  /** The wall clock is set by hand, forward or back; the monotonic one does not notice. */
  jump(ms: number): void {
    this.#jumpMs += ms
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    if (signal?.aborted) return Promise.reject(signal.reason)
    const sleeper = { at: this.#now + ms, wake: resolve }
    this.#sleepers.add(sleeper)
    signal?.addEventListener('abort', () => reject(signal.reason), { once: true })
    return promise.finally(() => this.#sleepers.delete(sleeper))
  }

  async advance(ms: number): Promise<void> {
    const end = this.#now + ms
    for (;;) {
      await this.#settled()
      const [next] = [...this.#sleepers].toSorted((a, b) => a.at - b.at)
      if (next === undefined || next.at > end) break
      this.#now = Math.max(this.#now, next.at)
      next.wake()
      this.#sleepers.delete(next)
    }
    this.#now = end
    await this.#settled()
  }

  /** A few turns of the event loop with nothing under way. */
  async #settled(): Promise<void> {
    for (let quiet = 0; quiet < 5; quiet += 1) {
      await new Promise(setImmediate)
      if (this.#underWay.size === 0) continue
      await Promise.allSettled(this.#underWay)
      quiet = -1
    }
  }
}
