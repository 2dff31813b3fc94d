import type { Fingerprint } from '../fingerprint.ts'
import type { Held } from '../fleet/member.ts'
import { fingerprintsOf, type Keyset, sameFingerprints } from '../keyset.ts'
import { slots } from '../slot.ts'

export type { Held }

/** What a process knows of its use of one key. Spans are in ms, as of the sample. */
export interface Usage {
  readonly fingerprint: Fingerprint
  readonly inFlight: number
  readonly total: number
  /** Since the last attempt signed with it; `null`: never used. */
  readonly idleMs: number | null
}

/** A regional endpoint that proved to refuse a key, and since when. */
export interface RegionalRefusal {
  readonly fingerprint: Fingerprint
  readonly endpoint: string
  readonly forMs: number
}

/** A client's one synchronous sample: the keyset held and every count. */
export interface Sample {
  readonly sequence: number
  readonly held: Held | null
  readonly usage: readonly Usage[]
  readonly refused: readonly RegionalRefusal[]
}

export const heldOf = (keyset: Keyset): Held => ({
  version: keyset.version,
  fingerprints: fingerprintsOf(keyset),
  active: keyset.active,
  fenced: keyset.fenced,
})

/** Whether two processes hold the same keyset: version, keys, active slot and fences. */
export const sameHeld = (a: Held | null, b: Held | null): boolean =>
  a === b ||
  (a !== null &&
    b !== null &&
    a.version === b.version &&
    a.active === b.active &&
    sameFingerprints(a.fingerprints, b.fingerprints) &&
    slots.every(slot => a.fenced.includes(slot) === b.fenced.includes(slot)))

/** Keys that a holder may sign with: everything it holds and does not fence. */
export const signable = (held: Held): readonly Fingerprint[] =>
  slots.filter(slot => !held.fenced.includes(slot)).map(slot => held.fingerprints[slot])
