import { setTimeout as delay } from 'node:timers/promises'

/** Milliseconds since the epoch and a way to wait, so that tests can run on virtual time. */
export interface Clock {
  now(): number
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

export const realClock: Clock = {
  now: () => Date.now(),
  sleep: async (ms, signal) => {
    await delay(ms, undefined, signal ? { signal } : undefined)
  },
}

/** A clock that is ahead of another by so many milliseconds, or behind where negative. */
export const skewed = (clock: Clock, skewMs: () => number): Clock => ({
  now: () => clock.now() + skewMs(),
  sleep: (ms, signal) => clock.sleep(ms, signal),
})

/** Time that stands still until told to pass: days of regeneration in no time at all. */
export class VirtualClock implements Clock {
  #now: number
  readonly #sleepers = new Set<{ readonly at: number; readonly wake: () => void }>()

  /** `startMs` defaults to now, so that tokens and signatures made outside stay within their dates. */
  constructor(startMs: number = Date.now()) {
    this.#now = startMs
  }

  now(): number {
    return this.#now
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason)
      const stop = () => {
        this.#sleepers.delete(sleeper)
        reject(signal?.reason)
      }
      const wake = () => {
        this.#sleepers.delete(sleeper)
        signal?.removeEventListener('abort', stop)
        resolve()
      }
      const sleeper = { at: this.#now + Math.max(0, ms), wake }
      this.#sleepers.add(sleeper)
      signal?.addEventListener('abort', stop, { once: true })
    })
  }

  /** Moves time on by `ms`, waking sleepers in the order of their times, each at its own time. */
  advance(ms: number): void {
    const end = this.#now + ms
    for (;;) {
      let next: { readonly at: number; readonly wake: () => void } | undefined
      for (const sleeper of this.#sleepers) {
        if (sleeper.at <= end && (next === undefined || sleeper.at < next.at)) next = sleeper
      }
      if (next === undefined) break
      this.#now = Math.max(this.#now, next.at)
      next.wake()
    }
    this.#now = end
  }
}
