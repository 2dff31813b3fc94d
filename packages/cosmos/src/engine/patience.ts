import { type Fingerprint, isFenced, standbyOf } from '@keyturn/core'
import { abortable } from './abortable.ts'
import type { Parts } from './parts.ts'

/** Every key was refused: those to try again after the wait, or why there is none. */
export type Hope =
  | { readonly retry: readonly Fingerprint[] }
  /** `dead`: no key is accepted here. `well`: one is, but this resource went on refusing it. */
  | { readonly retry: null; readonly keys: 'dead' | 'well' }

/**
 * What an attempt does after every key was refused. Unless an account read is refused as well, the
 * 401 was the resource's: the same key is tried again after a while, a bounded number of times.
 */
export class Patience {
  readonly #parts: Parts
  readonly #endpoint: string
  readonly #write: boolean
  readonly #signal: AbortSignal
  #rounds = 0

  constructor(parts: Parts, endpoint: string, write: boolean, signal: AbortSignal) {
    this.#parts = parts
    this.#endpoint = endpoint
    this.#write = write
    this.#signal = signal
  }

  /** @param letGo called before the wait, so that others may use the connection meanwhile. */
  async hope(letGo: () => void): Promise<Hope> {
    const { limits, clock } = this.#parts
    const waitMs = limits.ambiguousRetryMs[this.#rounds]
    if (waitMs === undefined) return { retry: null, keys: 'well' }
    const retry = await this.#keysToRetry()
    if (retry.length === 0) return { retry: null, keys: 'dead' }
    this.#rounds += 1
    letGo()
    await clock.sleep(waitMs, this.#signal)
    return { retry }
  }

  /**
   * Asked anew each time, since keys may die meanwhile. The active one if it is well, alone: the
   * container may be ready between two tries. For a write the other as well, until the first was
   * seen to write: a read-only key would be refused for ever.
   */
  async #keysToRetry(): Promise<readonly Fingerprint[]> {
    const { ring } = this.#parts
    const keyset = ring.current
    if (keyset === null) return []
    const retry: Fingerprint[] = []
    for (const slot of [keyset.active, standbyOf(keyset)]) {
      if (isFenced(keyset, slot)) continue
      const { fingerprint } = keyset.keys[slot]
      if (await this.#isDead(fingerprint)) continue
      retry.push(fingerprint)
      if (!this.#write || ring.hasWritten(fingerprint)) break
    }
    return retry
  }

  /** Only a refusal is proof of it: an account read that was throttled or lost says nothing. */
  async #isDead(fingerprint: Fingerprint): Promise<boolean> {
    const asked = this.#parts.reads.ask(fingerprint, this.#endpoint)
    return (await abortable(asked, this.#signal)) === 'refused'
  }
}
