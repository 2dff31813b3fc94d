import type { Fingerprint } from '@keyturn/core'
import type { KeyUsage } from '@keyturn/protocol'

/** What a ring counts of one key. */
export interface Meter {
  readonly fingerprint: Fingerprint
  inFlight: number
  total: number
  /** Monotonic, when an attempt with this key last began or ended; `null`: never. */
  usedAt: number | null
  /** It stands in a slot of the keyset held now. */
  held: boolean
  /** Fenced, or no longer held: nothing new is signed with it, and its drain is news. */
  retired: boolean
  /** It was accepted for a write at least once, so it is no read-only key. */
  wrote: boolean
}

/** As many keys as one sample may name. */
const metersMax = 16

/** Counts per key, for keys held and for those that were. */
export class Meters {
  readonly #meters = new Map<Fingerprint, Meter>()

  of(fingerprint: Fingerprint): Meter {
    const known = this.#meters.get(fingerprint)
    if (known) return known
    const meter: Meter = {
      fingerprint,
      inFlight: 0,
      total: 0,
      usedAt: null,
      held: false,
      retired: false,
      wrote: false,
    }
    this.#meters.set(fingerprint, meter)
    return meter
  }

  get(fingerprint: Fingerprint): Meter | undefined {
    return this.#meters.get(fingerprint)
  }

  /** From now on only these keys sign. Forgets the oldest that are gone and at rest. */
  allow(usable: readonly Fingerprint[], held: readonly Fingerprint[]): void {
    for (const fingerprint of held) this.of(fingerprint)
    for (const meter of this.#meters.values()) {
      meter.held = held.includes(meter.fingerprint)
      meter.retired = !usable.includes(meter.fingerprint)
    }
    for (const meter of this.#meters.values()) {
      if (this.#meters.size <= metersMax) return
      if (meter.inFlight === 0 && !meter.held) this.#meters.delete(meter.fingerprint)
    }
  }

  get inFlight(): number {
    let sum = 0
    for (const { inFlight } of this.#meters.values()) sum += inFlight
    return sum
  }

  /** At most as many as a sample may name: those held first, then those in flight. */
  usage(now: number): KeyUsage[] {
    const weight = (meter: Meter): number => (meter.held ? 2 : 0) + (meter.inFlight > 0 ? 1 : 0)
    return Array.from(this.#meters.values())
      .sort((a, b) => weight(b) - weight(a))
      .slice(0, metersMax)
      .map(({ fingerprint, inFlight, total, usedAt }) => ({
        fingerprint,
        inFlight,
        total,
        idleMs: usedAt === null ? null : Math.max(0, now - usedAt),
      }))
  }
}
