import type { Fingerprint, Slot } from '@keyturn/core'
import type { FixedSource, KeyPair, Ring, Source, SourceStatus } from '@keyturn/keyring'
import type { KeysEmitter, KeysEvents } from './events.ts'

/** One key as this process knows it; never the key itself. */
export interface KeyStatus {
  readonly fingerprint: Fingerprint
  /** `null`: replaced since, and named as long as something may be in flight with it. */
  readonly slot: Slot | null
  readonly state: 'active' | 'standby' | 'fenced' | 'replaced'
  /** Regional endpoints that proved to refuse it, and for how long. */
  readonly refused: readonly { readonly endpoint: string; readonly forMs: number }[]
  readonly inFlight: number
  readonly total: number
  /** Milliseconds since it was last used; `null`: never. */
  readonly idleMs: number | null
}

export interface KeysStatus {
  /** `0`: the source has no versions; `null`: no keyset has come yet. */
  readonly version: number | null
  readonly active: Slot | null
  readonly keys: readonly KeyStatus[]
  readonly source: SourceStatus
}

/** By shape: a literal of the other build of this library is one as well. */
const isFixed = (source: Source): source is FixedSource =>
  source.kind === 'fixed' && 'replace' in source

/** A client's keys, by name: which signs, how they stand, and what happens to them. */
export class ClientKeys {
  readonly #ring: Ring
  readonly #events: KeysEmitter

  constructor(ring: Ring, events: KeysEmitter) {
    this.#ring = ring
    this.#events = events
  }

  /** One synchronous sample of everything known about the keys. */
  status(): KeysStatus {
    const { held, usage, refused } = this.#ring.sample()
    const slotOf = (fingerprint: Fingerprint): Slot | null => {
      if (held?.fingerprints.primary === fingerprint) return 'primary'
      return held?.fingerprints.secondary === fingerprint ? 'secondary' : null
    }
    const stateOf = (slot: Slot | null): KeyStatus['state'] => {
      if (held === null || slot === null) return 'replaced'
      if (held.fenced.includes(slot)) return 'fenced'
      return held.active === slot ? 'active' : 'standby'
    }
    return {
      version: held?.version ?? null,
      active: held?.active ?? null,
      keys: usage.map(({ fingerprint, ...counts }) => {
        const slot = slotOf(fingerprint)
        return {
          fingerprint,
          slot,
          state: stateOf(slot),
          refused: refused
            .filter(refusal => refusal.fingerprint === fingerprint)
            .map(({ endpoint, forMs }) => ({ endpoint, forMs })),
          ...counts,
        }
      }),
      source: this.#ring.sourceStatus(),
    }
  }

  on<Name extends keyof KeysEvents>(
    name: Name,
    listener: (...args: KeysEvents[Name]) => void,
  ): this {
    // The emitter's own type distributes over all names; this one is narrower.
    this.#events.on(name, listener as never)
    return this
  }

  off<Name extends keyof KeysEvents>(
    name: Name,
    listener: (...args: KeysEvents[Name]) => void,
  ): this {
    this.#events.off(name, listener as never)
    return this
  }

  /** Asks the source now. Resolves when it has been read, or after a second at most. */
  async refresh(): Promise<void> {
    await this.#ring.refresh('requested')
  }

  /**
   * Other keys in place of a literal's.
   * @throws TypeError where the keys come from a source, which alone can replace them.
   */
  replace(keys: KeyPair & { readonly active?: Slot }): void {
    const { source } = this.#ring
    if (!isFixed(source)) {
      throw new TypeError(
        `These keys come from a ${source.kind} source, so "replace" cannot set them. ` +
          'Change them there; the client follows.',
      )
    }
    source.replace(keys)
  }
}
