import type { Fingerprint } from '@keyturn/core'
import type { Clock, Ring } from '@keyturn/keyring'
import type { KeysEmitter } from '../events.ts'
import type { Transport } from '../transport/transport.ts'
import type { AccountReads } from './account-read.ts'
import type { Breakers } from './breakers.ts'
import type { ServiceDate } from './date.ts'

export interface EngineLimits {
  /** The longest that one attempt waits for a first and a fresh keyset together, in ms. */
  readonly keysetWaitMsMax: number
  /** Waits before the same key is tried again after an ambiguous 401, in ms. */
  readonly ambiguousRetryMs: readonly number[]
  /** After which a refused key may be tried by one attempt, in ms. */
  readonly breakerResetMs: number
  /** Between two `exhausted` events, in ms. */
  readonly exhaustedEveryMs: number
  /** The longest that closing waits for what is on the wire, in ms. */
  readonly drainMsMax: number
}

export const engineLimits: EngineLimits = {
  keysetWaitMsMax: 1000,
  // A container that was just re-created is refused for seconds: 6.2 s in all.
  ambiguousRetryMs: [100, 200, 400, 800, 1600, 3100],
  breakerResetMs: 30_000,
  exhaustedEveryMs: 60_000,
  // The SDK ends every attempt after a minute by itself.
  drainMsMax: 65_000,
}

/** Says `exhausted` once, not once per request. */
export class Exhaustion {
  readonly #events: KeysEmitter
  readonly #clock: Clock
  readonly #everyMs: number
  #saidAt = Number.NEGATIVE_INFINITY

  constructor(events: KeysEmitter, clock: Clock, everyMs: number) {
    this.#events = events
    this.#clock = clock
    this.#everyMs = everyMs
  }

  tell(endpoint: string, tried: readonly Fingerprint[]): void {
    const now = this.#clock.now()
    if (now - this.#saidAt < this.#everyMs) return
    this.#saidAt = now
    this.#events.tell('exhausted', { endpoint, tried })
  }
}

/** What every attempt of a client shares. */
export interface Parts {
  readonly ring: Ring
  readonly transport: Transport
  readonly breakers: Breakers
  readonly reads: AccountReads
  readonly date: ServiceDate
  readonly clock: Clock
  readonly events: KeysEmitter
  readonly exhaustion: Exhaustion
  /** Aborted when the client closes, with the error that a caller then gets. */
  readonly closing: AbortSignal
  readonly limits: EngineLimits
}
