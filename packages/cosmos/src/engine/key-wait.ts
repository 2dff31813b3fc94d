import type { RefreshOutcome } from '@keyturn/keyring'
import { keysUnavailable } from '../errors.ts'
import type { AttemptTrace } from '../telemetry/tracing.ts'
import type { Parts } from './parts.ts'

/** All waits of an attempt for keys. They share one bound; the SDK gives some reads 2 s in all. */
export class KeyWait {
  readonly #parts: Parts
  readonly #signal: AbortSignal
  readonly #trace: AttemptTrace | null
  #waitedMs = 0

  /** @param signal ends each wait with its reason. */
  constructor(parts: Parts, signal: AbortSignal, trace: AttemptTrace | null) {
    this.#parts = parts
    this.#signal = signal
    this.#trace = trace
  }

  /** @throws KeysError `KEYS_UNAVAILABLE` where no keyset comes in time. */
  async first(): Promise<void> {
    const { ring, limits } = this.#parts
    if (await this.#bounded(ms => ring.whenKeyset(ms, this.#signal))) return
    const { kind, lastError } = ring.sourceStatus()
    throw keysUnavailable(limits.keysetWaitMsMax, lastError ?? `source ${kind} is silent`)
  }

  fresh(): Promise<RefreshOutcome | 'swapped'> {
    return this.#bounded(ms => this.#parts.ring.refresh('refused', this.#signal, ms))
  }

  async #bounded<T>(wait: (withinMs: number) => Promise<T>): Promise<T> {
    const { clock, limits } = this.#parts
    const from = clock.now()
    this.#trace?.waits()
    try {
      return await wait(Math.max(0, limits.keysetWaitMsMax - this.#waitedMs))
    } finally {
      this.#waitedMs += clock.now() - from
    }
  }
}
