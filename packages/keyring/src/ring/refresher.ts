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

/** How long one caller waits, and what ends the wait early. */
export interface Waiting {
  readonly withinMs: number
  readonly signal: AbortSignal | undefined
  /** Whether something else is held than at the time of the question. */
  readonly isSwapped: () => boolean
  /** Resolves when it is. */
  readonly whenSwapped: (signal: AbortSignal) => Promise<void>
}

/** Asks a source once for all who wait. */
export class Refresher {
  readonly #ask: (reason: RefreshReason, signal: AbortSignal) => Promise<void>
  readonly #clock: Clock
  readonly #chance: Chance
  readonly #limits: RefreshLimits
  #running: Promise<RefreshOutcome> | null = null
  #reads = false
  #over: AbortController | null = null
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

  get waitMsMax(): number {
    return this.#limits.waitMsMax
  }

  /**
   * Ends when the source was read since the question, something newer is held, or the time is
   * over; rejects when aborted. Whoever comes while a read is under way shares it, and asks once
   * more where it brought nothing: it may have looked before there was anything to see.
   */
  async fresh(
    reason: RefreshReason,
    { withinMs, signal, isSwapped, whenSwapped }: Waiting,
  ): Promise<RefreshOutcome | 'swapped'> {
    const over = new AbortController()
    const both = signal ? AbortSignal.any([signal, over.signal]) : over.signal
    const looked = this.#reads
    const first = this.#run(reason)
    const ends: Promise<RefreshOutcome | 'swapped'>[] = [
      whenSwapped(both).then(() => 'swapped'),
      this.#clock.sleep(withinMs, both).then(() => 'timed-out'),
    ]
    const again = async (): Promise<RefreshOutcome> => {
      const outcome = await first
      return looked && !isSwapped() && !both.aborted ? this.#run(reason) : outcome
    }
    try {
      return await Promise.race([again(), ...ends])
    } finally {
      over.abort(new Error('The refresh is over.'))
    }
  }

  /** Never rejects; every caller while it runs gets the same answer. */
  #run(reason: RefreshReason): Promise<RefreshOutcome> {
    this.#running ??= this.#once(reason).finally(() => {
      this.#running = null
      this.#reads = false
      this.#endedAt = this.#clock.now()
    })
    return this.#running
  }

  /** Nobody waits any longer: ends the read that is under way, and its timer. */
  end(): void {
    this.#over?.abort(new Error('The ring was stopped.'))
  }

  async #once(reason: RefreshReason): Promise<RefreshOutcome> {
    const done = new AbortController()
    this.#over = done
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
      // Whoever asks in the same turn shares the read, even where nothing has to be waited for.
      await (wait > 0 ? this.#clock.sleep(wait, signal) : null)
      this.#reads = true
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
