import type { Chance, Clock } from '../clock.ts'
import type { RefreshReason } from '../source.ts'

/** How a refresh ended. Whether a newer keyset came of it, the ring itself shows. */
export type RefreshOutcome = 'read' | 'failed' | 'timed-out'

export interface RefreshLimits {
  /** The longest that anybody waits for a fresh keyset, in ms. */
  readonly waitMsMax: number
  /** Up to this long a refresh is put off at random, so that a fleet does not ask at once. */
  readonly jitterMsMax: number
  /** Between two refreshes after refusals, in ms: a dead pair must not storm its source. */
  readonly pauseMsMin: number
}

export const refreshLimits: RefreshLimits = { waitMsMax: 1000, jitterMsMax: 50, pauseMsMin: 400 }

/** Asks a source once for all who wait. */
export class Refresher {
  readonly #ask: (reason: RefreshReason, signal: AbortSignal) => Promise<void>
  readonly #clock: Clock
  readonly #chance: Chance
  readonly #limits: RefreshLimits
  #running: Promise<RefreshOutcome> | null = null
  #endedAt = Number.NEGATIVE_INFINITY

  constructor(
    ask: (reason: RefreshReason, signal: AbortSignal) => Promise<void>,
    clock: Clock,
    chance: Chance,
    limits: RefreshLimits,
  ) {
    this.#ask = ask
    this.#clock = clock
    this.#chance = chance
    this.#limits = limits
  }

  /** Never rejects; every caller while it runs gets the same answer. */
  run(reason: RefreshReason): Promise<RefreshOutcome> {
    this.#running ??= this.#once(reason).finally(() => {
      this.#running = null
      this.#endedAt = this.#clock.now()
    })
    return this.#running
  }

  async #once(reason: RefreshReason): Promise<RefreshOutcome> {
    const done = new AbortController()
    const late = this.#clock.sleep(this.#limits.waitMsMax, done.signal).then(
      (): RefreshOutcome => 'timed-out',
      (): RefreshOutcome => 'failed',
    )
    const outcome = await Promise.race([late, this.#read(reason, done.signal)])
    done.abort(new Error('The refresh is over.'))
    return outcome
  }

  async #read(reason: RefreshReason, signal: AbortSignal): Promise<RefreshOutcome> {
    try {
      const wait = this.#delayMs(reason)
      if (wait > 0) await this.#clock.sleep(wait, signal)
      await this.#ask(reason, signal)
      return 'read'
    } catch {
      // The source tells its own status what went wrong; here only the wait matters.
      return 'failed'
    }
  }

  #delayMs(reason: RefreshReason): number {
    if (reason !== 'refused') return 0
    const pause = this.#limits.pauseMsMin - (this.#clock.now() - this.#endedAt)
    return Math.max(0, pause) + this.#chance() * this.#limits.jitterMsMax
  }
}
