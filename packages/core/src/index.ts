export { judgeOffer, type OfferRefusal, type OfferVerdict } from './client/ring.ts'
export { type Fingerprint, fingerprintOf, isFingerprint } from './fingerprint.ts'
export {
  type Fleet,
  type Held,
  joined,
  type Member,
  type MemberReport,
  type Standing,
} from './fleet/member.ts'
export { type IncomingReport, type Received, receive } from './fleet/receive.ts'
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
export type { Attempt, Outcome, SettledWhy } from './rotation/attempt.ts'
export { type Blocker, type BlockerCode, blockerCodes } from './rotation/blocker.ts'
export { decide } from './rotation/decide.ts'
export type { Decision, Effect } from './rotation/decision.ts'
export type { JournalEvent } from './rotation/event.ts'
export { fold } from './rotation/fold.ts'
export { defaultLimits, type Limits } from './rotation/limits.ts'
export { type Needs, needs } from './rotation/needs.ts'
export { attemptsOf, hasEnded, type Phase, type PhaseName, turnPhases } from './rotation/phase.ts'
export type { Policy } from './rotation/policy.ts'
export {
  type AccountRecord,
  emptyRecord,
  type Publication,
  type Rotation,
} from './rotation/record.ts'
export { type Answer, obey, type Verb } from './rotation/verbs.ts'
export type {
  ArmView,
  OperationView,
  ProbeView,
  RegionProbe,
  VaultView,
  World,
} from './rotation/world.ts'
export { isAccountKey, SecretKey } from './secret-key.ts'
export { otherSlot, type Pair, type Slot, slots } from './slot.ts'
