export {
  type AnswerKind,
  type AzureAnswer,
  classifyAnswer,
  isWrite,
  type Verdict,
} from './client/answer.ts'
export { type Choice, chooseSlot, firstAttempt, type SigningAttempt } from './client/choice.ts'
export { type KeyRefusal, nextRefusals, type RefusalEvent } from './client/refusals.ts'
export { judgeOffer, type OfferRefusal, type OfferVerdict } from './client/ring.ts'
export {
  accountRead,
  authorizationHeader,
  isAccountRead,
  type SignedRequest,
  signedPrefix,
  stringToSign,
} from './client/signature.ts'
export { type Fingerprint, fingerprintOf, isFingerprint } from './fingerprint.ts'
export {
  type Fleet,
  type Held,
  joined,
  type Member,
  type MemberPod,
  type MemberReport,
  type Standing,
  usageOf,
} from './fleet/member.ts'
export {
  type Death,
  declaredDead,
  type Instance,
  type PlatformView,
  type Proof,
} from './fleet/platform.ts'
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
export { acknowledgement, awaitedProof, probesDue } from './member/acknowledge.ts'
export { type BackoffLimits, backoffMs, jittered } from './member/backoff.ts'
export {
  type Client,
  type ClientEvent,
  type ClientIdentity,
  type Clients,
  clientLabel,
  clientStep,
  isKnown,
  isTaken,
  mayLeave,
  remembered,
} from './member/clients.ts'
export {
  isOnDisk,
  mayReport,
  notServing,
  refusalFor,
  type ServingRefusal,
  sayableAcknowledgement,
  storeIsDue,
  toStore,
} from './member/durable.ts'
export { firstSequence, type Identity, identityAtStart } from './member/identity.ts'
export { mergeRefusals, mergeUsage, undrained } from './member/merge.ts'
export { isNews, mayGoodbye, type Statement, statementOf } from './member/reporting.ts'
export {
  heldOf,
  type RegionalRefusal,
  type Sample,
  sameHeld,
  signable,
  type Usage,
} from './member/sample.ts'
export {
  acknowledgedNow,
  type DurableState,
  isBelowFloor,
  isOwnSubject,
  type Joining,
  type MemberEvent,
  type MemberState,
  memberAtStart,
  memberStep,
  type Subject,
} from './member/state.ts'
export type { Attempt, Outcome, SettledWhy } from './rotation/attempt.ts'
export { type Blocker, type BlockerCode, blockerCodes } from './rotation/blocker.ts'
export { departed } from './rotation/bury.ts'
export { decide } from './rotation/decide.ts'
export type { Decision, Effect, OutsideEffect } from './rotation/decision.ts'
export { type DryRun, type DryStep, dryRun } from './rotation/dry-run.ts'
export { paced } from './rotation/emergency.ts'
export type { Asker, JournalEvent } from './rotation/event.ts'
export { fold } from './rotation/fold.ts'
export { forgettable } from './rotation/forget.ts'
export { type Guarded, guardedOf } from './rotation/guarded.ts'
export type { JournalLine } from './rotation/history.ts'
export {
  azureRefusesMs,
  defaultEmergencyLimits,
  defaultEvidenceLimits,
  defaultLimits,
  defaultRetireLimits,
  type EmergencyLimits,
  type EvidenceLimits,
  forgetMs,
  hookRetryMs,
  type Limits,
  type RetireLimits,
  regenerationMsTypical,
} from './rotation/limits.ts'
export { type Needs, needs } from './rotation/needs.ts'
export { attemptsOf, hasEnded, type Phase, type PhaseName, turnPhases } from './rotation/phase.ts'
export { type BeginningPhase, beginningPhases, type Plan, phasesOf } from './rotation/plan.ts'
export type { Consumer, Policy } from './rotation/policy.ts'
export { samePublication } from './rotation/publish.ts'
export {
  type AccountRecord,
  type Emergency,
  emptyRecord,
  openSince,
  type Publication,
  type Repair,
  type Retirement,
  type Rotation,
  type Waiver,
} from './rotation/record.ts'
export { againstRetiring } from './rotation/retire.ts'
export type { Answer, Verb } from './rotation/verb.ts'
export { evictees, obey } from './rotation/verbs.ts'
export { isWaivable, waivableCodes } from './rotation/waiver.ts'
export type {
  ArmView,
  CalendarView,
  EvidenceView,
  HookView,
  Latest,
  OperationView,
  ProbeView,
  RegionProbe,
  VaultView,
  World,
} from './rotation/world.ts'
export { isAccountKey, SecretKey } from './secret-key.ts'
export { otherSlot, type Pair, type Slot, slots } from './slot.ts'
