import type { Fingerprint } from './fingerprint.ts'
import { otherSlot, type Pair, type Slot, slots } from './slot.ts'

/** Whatever names a key by its fingerprint: the key itself, or only its name. */
export interface Named {
  readonly fingerprint: Fingerprint
}

/**
 * One immutable value: both keys of a pair, which slot signs, which must not,
 * and a version that only grows. `K` is a key in a client and a bare name elsewhere.
 */
export interface Keyset<K extends Named = Named> {
  /** ARM resource id of the account. */
  readonly account: string
  /** The account's endpoint, as a client is given it. */
  readonly endpoint: string
  readonly pair: Pair
  /** Who wrote it: one coordinator's journal. `null` in layouts that do not say. */
  readonly installation: string | null
  /** `0` in layouts without versions. */
  readonly version: number
  readonly active: Slot
  readonly fenced: readonly Slot[]
  readonly keys: Readonly<Record<Slot, K>>
}

/** Which key stands in which slot, by name. */
export type Fingerprints = Readonly<Record<Slot, Fingerprint>>

export const fingerprintsOf = (keyset: Keyset): Fingerprints => ({
  primary: keyset.keys.primary.fingerprint,
  secondary: keyset.keys.secondary.fingerprint,
})

export const sameFingerprints = (a: Fingerprints, b: Fingerprints): boolean =>
  slots.every(slot => a[slot] === b[slot])

export const standbyOf = (keyset: Keyset): Slot => otherSlot(keyset.active)

export const isFenced = (keyset: Keyset, slot: Slot): boolean => keyset.fenced.includes(slot)

/** The slot that a fingerprint stands in, or `null` where the keyset does not hold it. */
export const slotOf = (keyset: Keyset, fingerprint: Fingerprint): Slot | null =>
  slots.find(slot => keyset.keys[slot].fingerprint === fingerprint) ?? null
