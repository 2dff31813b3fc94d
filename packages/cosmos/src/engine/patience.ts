import { type Fingerprint, isFenced, standbyOf } from '@keyturn/core'
import { abortable } from './abortable.ts'
import type { Parts } from './parts.ts'

/** Every key was refused: one to try again after the wait, or why there is none. */
export type Hope =
  | { readonly retry: Fingerprint }
  /** `dead`: no key is accepted here. `well`: a key is, but this resource went on refusing it. */
  | { readonly retry: null; readonly keys: 'dead' | 'well' }

/**
 * What an attempt does after every key was refused. Where an account read with one is accepted,
 * the 401 was the resource's: the same key is tried again after a while, a bounded number of times.
 */
export class Patience {
  readonly #parts: Parts
  readonly #endpoint: string
  readonly #signal: AbortSignal
  #rounds = 0

  constructor(parts: Parts, endpoint: string, signal: AbortSignal) {
    this.#parts = parts
    this.#endpoint = endpoint
    this.#signal = signal
  }

  /** @param letGo called before the wait, so that others may use the connection meanwhile. */
  async hope(letGo: () => void): Promise<Hope> {
    const { limits, clock } = this.#parts
    const waitMs = limits.ambiguousRetryMs[this.#rounds]
    if (waitMs === undefined) return { retry: null, keys: 'well' }
    const retry = await this.#keyThatIsWell()
    if (retry === null) return { retry, keys: 'dead' }
    this.#rounds += 1
    letGo()
    await clock.sleep(waitMs, this.#signal)
    return { retry }
  }

  /** Asked anew each time, since keys may die meanwhile: the active one if well, else the other. */
  async #keyThatIsWell(): Promise<Fingerprint | null> {
    const { reads, ring } = this.#parts
    const keyset = ring.current
    if (keyset === null) return null
    const usable = [keyset.active, standbyOf(keyset)].filter(slot => !isFenced(keyset, slot))
    for (const slot of usable) {
      const { fingerprint } = keyset.keys[slot]
      const asked = reads.ask(fingerprint, this.#endpoint)
      if ((await abortable(asked, this.#signal)) === 'accepted') return fingerprint
    }
    return null
  }
}
