export { judgeOffer, type OfferRefusal, type OfferVerdict } from './client/ring.ts'
export { type Fingerprint, fingerprintOf, isFingerprint } from './fingerprint.ts'
export {
  type Fingerprints,
  fingerprintsOf,
  isFenced,
  type Keyset,
  type Named,
  sameFingerprints,
  slotOf,
  standbyOf,
} from './keyset.ts'
export { isAccountKey, SecretKey } from './secret-key.ts'
export { otherSlot, type Pair, type Slot, slots } from './slot.ts'
