/** A look at ARM that failed is repeated after its poll, then twice that, … up to this. */
const failureRestMsMax = 30_000

/** An operation that has run for a while goes on for a while: a look each twentieth of its time. */
const share = 20

export interface Beat {
  readonly armPollMs: number
  readonly armAgeMsMax: number
}

/**
 * When ARM may be looked at again: never earlier than what a turn needs, and later where a long
 * operation runs, looks fail, or ARM has asked for it (`Retry-After`). Instants are observed time.
 */
export class Pace {
  #notBefore = 0
  #failures = 0
  #followed: { readonly operation: string; readonly since: number } | null = null

  isDue(now: number): boolean {
    return now >= this.#notBefore
  }

  /** @param running the operation that goes on, if one does */
  looked(now: number, running: string | null, restMs: number, beat: Beat): void {
    this.#failures = 0
    if (running === null) this.#followed = null
    else if (this.#followed?.operation !== running) {
      this.#followed = { operation: running, since: now }
    }
    const ranMs = this.#followed ? now - this.#followed.since : 0
    this.rest(now, Math.max(restMs, this.#followed ? between(ranMs / share, beat) : 0))
  }

  failed(now: number, restMs: number, { armPollMs }: Beat): void {
    this.rest(now, Math.max(restMs, Math.min(armPollMs * 2 ** this.#failures, failureRestMsMax)))
    this.#failures += 1
  }

  /** Not before so much has passed. */
  rest(now: number, ms: number): void {
    this.#notBefore = Math.max(this.#notBefore, now + ms)
  }
}

const between = (ms: number, { armPollMs, armAgeMsMax }: Beat): number =>
  Math.max(armPollMs, Math.min(ms, armAgeMsMax))
