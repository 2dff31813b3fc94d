import type { Clock } from '../clock.ts'

/**
 * A token bucket, as ARM limits its callers: so many calls at once, refilled so many a second
 * (learn.microsoft.com, "Understand how Azure Resource Manager throttles requests").
 */
export class Allowance {
  readonly #clock: Clock
  readonly #size: number
  readonly #perSecond: number
  #left: number
  #at: number

  constructor(clock: Clock, size: number, perSecond: number) {
    this.#clock = clock
    this.#size = size
    this.#perSecond = perSecond
    this.#left = size
    this.#at = clock.now()
  }

  /** Takes one call, and says how many are left; negative where there was none to take. */
  take(): number {
    const now = this.#clock.now()
    const refilled = this.#left + (Math.max(0, now - this.#at) / 1_000) * this.#perSecond
    this.#left = Math.min(this.#size, refilled)
    this.#at = now
    if (this.#left < 1) return -1
    this.#left -= 1
    return Math.floor(this.#left)
  }

  /** Whole seconds until one call is there again; at least 1. */
  retryAfterSeconds(): number {
    return Math.max(1, Math.ceil((1 - this.#left) / this.#perSecond))
  }
}
