import type { Slot } from '../slot.ts'
import type { Attempt, Outcome } from './attempt.ts'
import type { EnteredPhase, JournalEvent } from './event.ts'
import { attemptsOf, type Phase } from './phase.ts'
import {
  type AccountRecord,
  openSince,
  type Publication,
  type Published,
  type Retirement,
  type Rotation,
} from './record.ts'

/** State is the fold of the journal's events. `at` is the observed time of the append. */
export const fold = (record: AccountRecord, event: JournalEvent, at: number): AccountRecord => {
  switch (event.type) {
    case 'adopted':
      return { ...record, installation: event.installation, takesOver: event.takeOver }
    case 'publish-intended':
      return published(record, event, at)
    case 'published':
      return record.published?.version === event.version
        ? {
            ...record,
            takesOver: false,
            readBack: event.version,
            published: { ...record.published, confirmed: true, at },
          }
        : record
    case 'rotation-started':
      return { ...record, rotation: started(event, at) }
    case 'evicted':
    case 'died':
      return record
    case 'retire-asked':
    case 'retire-intended':
    case 'retire-dropped':
    case 'retired':
      return { ...record, retirement: retirementAfter(record, event, at) }
    default:
      return record.rotation
        ? { ...record, rotation: foldRotation(record.rotation, event, at) }
        : record
  }
}

/**
 * After other hands were in the vault nobody knows here what was published in between: who holds it
 * may be fenced, or may have signed with the key that the last fence had stopped.
 */
const published = (
  record: AccountRecord,
  { publication, because }: JournalEvent & { type: 'publish-intended' },
  at: number,
): AccountRecord => {
  const { rotation } = record
  if (because !== 'repaired' && !record.takesOver) {
    return { ...record, published: publishing(record.published, publication, at) }
  }
  return {
    ...record,
    published: publishing(null, publication, at),
    rotation: rotation && { ...rotation, fenceAcknowledged: null },
  }
}

const publishing = (before: Published | null, next: Publication, at: number): Published => {
  const since = (slot: Slot): number => {
    const isOpen = [before, next].every(one => one?.fenced.includes(slot) === false)
    const isSame = before?.fingerprints[slot] === next.fingerprints[slot]
    return isOpen && isSame ? openSince(before, slot) : next.version
  }
  const open = { primary: since('primary'), secondary: since('secondary') }
  return { ...next, confirmed: false, at, openSince: open }
}

type RetireEvent = JournalEvent & {
  type: 'retire-asked' | 'retire-intended' | 'retire-dropped' | 'retired'
}

type RotationEvent = Exclude<
  JournalEvent,
  | { type: 'adopted' | 'publish-intended' | 'published' | 'rotation-started' | 'evicted' | 'died' }
  | { type: RetireEvent['type'] }
>

const retirementAfter = (
  { retirement }: AccountRecord,
  event: RetireEvent,
  at: number,
): Retirement | null => {
  switch (event.type) {
    case 'retire-asked':
      return { is: 'asked', by: event.by, reason: event.reason, at }
    case 'retire-intended':
      return { is: 'intended', by: event.by, reason: event.reason, at }
    case 'retire-dropped':
      return null
    case 'retired':
      return retirement && { ...retirement, is: 'done', at }
  }
}

const foldRotation = (rotation: Rotation, event: RotationEvent, at: number): Rotation => {
  switch (event.type) {
    case 'phase-entered':
      return enter(rotation, event.phase, at)
    case 'regenerate-intended':
      return withAttempts(rotation, [
        ...attemptsOf(rotation.phase),
        {
          number: event.attempt,
          epoch: event.epoch,
          oldFingerprint: event.oldFingerprint,
          oldGenerationTime: event.oldGenerationTime,
          sendBefore: event.sendBefore,
          outcome: { is: 'unknown' },
        },
      ])
    case 'regenerate-accepted':
      return withOutcome(rotation, event.attempt, { is: 'accepted', operation: event.operation })
    case 'regenerate-settled':
      return withOutcome(rotation, event.attempt, {
        is: 'settled',
        why: event.why,
        at,
        detail: event.detail ?? null,
        ...(event.because ? { because: event.because } : {}),
      })
    case 'emergency-declared':
    case 'replanned':
      return foldPlan(rotation, event, at)
    case 'waived':
    case 'approved':
    case 'fence-acknowledged':
    case 'consumer-acknowledged':
      return foldWord(rotation, event)
    case 'paused':
      return { ...rotation, paused: { by: event.by, reason: event.reason } }
    case 'resumed':
      return { ...rotation, paused: null }
    case 'aborted':
      return { ...rotation, paused: null, aborted: { by: event.by, reason: event.reason } }
  }
}

const started = (
  { id, by, reason, from, before, plan = 'full' }: JournalEvent & { type: 'rotation-started' },
  at: number,
): Rotation => ({
  id,
  startedAt: at,
  startedBy: by,
  reason,
  from,
  before,
  phase: { at: 'preflight' },
  phaseSince: at,
  paused: null,
  aborted: null,
  entered: [{ name: 'preflight', at }],
  plan,
  emergency: null,
  waivers: [],
  approvals: [],
  fenceAcknowledged: null,
  moved: [],
})

const foldPlan = (
  rotation: Rotation,
  event: JournalEvent & { type: 'emergency-declared' | 'replanned' },
  at: number,
): Rotation => {
  if (event.type === 'emergency-declared') {
    const { slot, by, reason, plan } = event
    const emergency = { slot, by, reason, planned: plan !== null }
    // The newer word: a pause that stands from before holds up no emergency.
    const begun = { ...rotation, emergency, plan: plan ?? rotation.plan, paused: null }
    // What was taken upon oneself for an earlier turn of this slot says nothing about the next one.
    return plan ? begun : { ...begun, waivers: rotation.waivers.filter(one => one.slot !== slot) }
  }
  const { emergency } = rotation
  const { from, plan } = event
  return {
    ...enter(rotation, { at: 'preflight' }, at),
    ...{ from, plan, aborted: null, emergency: emergency && { ...emergency, planned: true } },
    // A consumer may have moved onto the very key that is turned once more.
    ...{ moved: [], plans: (rotation.plans ?? 1) + 1 },
  }
}

/** What somebody has said or seen, that a gate asks for. */
const foldWord = (
  rotation: Rotation,
  event: JournalEvent & {
    type: 'waived' | 'approved' | 'fence-acknowledged' | 'consumer-acknowledged'
  },
): Rotation => {
  switch (event.type) {
    case 'waived': {
      const { type: _, asked: __, ...waiver } = event
      return { ...rotation, waivers: [...rotation.waivers, waiver] }
    }
    case 'approved':
      return {
        ...rotation,
        approvals: [...rotation.approvals, { phase: event.phase, by: event.by }],
      }
    case 'fence-acknowledged':
      return { ...rotation, fenceAcknowledged: event.azureNow }
    case 'consumer-acknowledged': {
      const { consumer, slot } = event
      return { ...rotation, moved: [...rotation.moved, { consumer, slot }] }
    }
  }
}

const enter = (rotation: Rotation, entered: EnteredPhase, at: number): Rotation => {
  const again = rotation.phase.at === entered.at
  return {
    ...rotation,
    phase: phaseFrom(entered, rotation.phase),
    phaseSince: at,
    fenceAcknowledged: isFencing(entered) ? null : rotation.fenceAcknowledged,
    entered: again ? rotation.entered : [...rotation.entered, { name: entered.at, at }],
  }
}

/** Another fence, or the same one after a new plan: who acknowledged the last one says nothing. */
const isFencing = ({ at }: EnteredPhase): boolean =>
  at === 'preflight' || at === 'fencing-standby' || at === 'fencing-former'

const phaseFrom = (entered: EnteredPhase, previous: Phase): Phase => {
  switch (entered.at) {
    case 'regenerating-standby':
    case 'regenerating-former':
      return { at: entered.at, attempts: [] }
    case 'reverting':
      return entered.part === 'settling'
        ? { at: 'reverting', part: 'settling', attempts: attemptsOf(previous) }
        : { at: 'reverting', part: entered.part }
    default:
      return { at: entered.at }
  }
}

const withAttempts = (rotation: Rotation, attempts: readonly Attempt[]): Rotation =>
  'attempts' in rotation.phase ? { ...rotation, phase: { ...rotation.phase, attempts } } : rotation

const withOutcome = (rotation: Rotation, number: number, outcome: Outcome): Rotation =>
  withAttempts(
    rotation,
    attemptsOf(rotation.phase).map(attempt =>
      attempt.number === number ? { ...attempt, outcome } : attempt,
    ),
  )
