import type { Slot } from '../slot.ts'
import type { Blocker, BlockerCode } from './blocker.ts'
import { lookedAt, publishedOf, seconds } from './check.ts'
import { act, type Decision } from './decision.ts'
import type { JournalEvent } from './event.ts'
import { guardedOf, slotBeingTurned } from './guarded.ts'
import { defaultEmergencyLimits, type EmergencyLimits, type Limits } from './limits.ts'
import { attemptsOf } from './phase.ts'
import type { Plan } from './plan.ts'
import type { Policy } from './policy.ts'
import type { AccountRecord, Emergency, Rotation } from './record.ts'
import { hasWaiver, isWaivable } from './waiver.ts'
import type { World } from './world.ts'

export const emergencyLimitsOf = ({ emergency }: Policy): EmergencyLimits =>
  emergency ?? defaultEmergencyLimits

/** The world with an emergency's spans where one is declared: never slower than the policy's. */
export const paced = (world: World): World => {
  if (!world.record.rotation?.emergency) return world
  const { limits } = world.policy
  const fast = emergencyLimitsOf(world.policy)
  const shorter: Partial<Limits> = {
    bakeMs: Math.min(limits.bakeMs, fast.bakeMs),
    probesMin: Math.min(limits.probesMin, fast.probesMin),
    probeSpanMs: Math.min(limits.probeSpanMs, fast.probeSpanMs),
    probeEveryMs: Math.min(limits.probeEveryMs, fast.probeEveryMs),
    armPollMs: Math.min(limits.armPollMs, fast.armPollMs),
    attemptBackoffMs: Math.min(limits.attemptBackoffMs, fast.attemptBackoffMs),
  }
  return { ...world, policy: { ...world.policy, limits: { ...limits, ...shorter } } }
}

export const planFor = (slot: Slot, active: Slot): Plan => (slot === active ? 'active' : 'standby')

/** What a declaration waives for the leaked slot: its user is the thief, and there is no time. */
const waivedByDeclaring = ({ evidence, approval, keepsWindows }: Policy): BlockerCode[] => [
  'RECENTLY_USED',
  'AZURE_REFUSED',
  ...(evidence.is === 'azure' ? (['EVIDENCE_PENDING'] as const) : []),
  ...(approval ? (['APPROVAL_MISSING'] as const) : []),
  ...(keepsWindows ? (['OUTSIDE_WINDOW'] as const) : []),
]

/** A declaration, and by name what it waives. */
export const emergencyEvents = (
  policy: Policy,
  declared: Omit<Emergency, 'planned'> & { readonly plan: Plan | null },
): readonly JournalEvent[] => {
  const { slot, by, reason } = declared
  return [
    { type: 'emergency-declared', ...declared },
    ...waivedByDeclaring(policy).map(code => ({
      type: 'waived' as const,
      ...{ code, slot, by, reason: `emergency: ${reason}` },
    })),
  ]
}

/**
 * Declares that a key has leaked, while a rotation runs: it is the one that is re-planned (P5).
 * A slot whose old key is being regenerated already only has to be seen through to its end.
 */
export const declaring = (
  { record, policy }: World,
  { phase, plan, before }: Rotation,
  slot: Slot,
  by: string,
  reason: string,
): readonly JournalEvent[] => {
  const turned = slotBeingTurned(record)
  const seenThrough = phase.at.endsWith('-former') ? plan : 'standby'
  // Its new key may stand in the vault already, behind the fence: then that one may have leaked.
  const isOld = publishedOf(record).fingerprints[slot] === before[slot]
  const isBeingTurned = turned === slot && isOld && phase.at !== 'reverting'
  const declared = { slot, by, reason, plan: isBeingTurned ? seenThrough : null }
  return [
    ...emergencyEvents(policy, declared),
    ...(turned === null ? [replanned(record, slot)] : []),
  ]
}

const replanned = (record: AccountRecord, slot: Slot): JournalEvent => {
  const { active } = publishedOf(record)
  return { type: 'replanned', from: active, plan: planFor(slot, active) }
}

/**
 * The plan is made anew from the slot that is active now, once nothing that was sent can take
 * effect any more, and no new key is known to ARM alone.
 */
export const replan = (world: World, { emergency }: Rotation): Decision | null => {
  if (!emergency || emergency.planned) return null
  const { record } = world
  return slotBeingTurned(record) === null || nothingCameOfIt(world)
    ? act([replanned(record, emergency.slot)])
    : null
}

/** Azure did not regenerate: the key that was fenced for it is as good as before. */
const nothingCameOfIt = ({ record: { rotation }, arm }: World): boolean => {
  const last = rotation?.phase.at.startsWith('regenerating')
    ? attemptsOf(rotation.phase).at(-1)
    : undefined
  if (!rotation || last?.outcome.is !== 'settled' || !lookedAt(arm) || !arm.fresh) return false
  return arm.idle && arm.fingerprints[guardedOf(rotation).slot] === last.oldFingerprint
}

/** Deadlines instead of patience: what may be waived is, once its time is over, and written down. */
export const overdue = (world: World, rotation: Rotation, decision: Decision): Decision => {
  const { emergency, phaseSince } = rotation
  if (!emergency || decision.kind !== 'wait') return decision
  const { deadlineMs } = emergencyLimitsOf(world.policy)
  if (world.now - phaseSince < deadlineMs) return decision
  const guarded = guardedOf(rotation)
  const waived = decision.blockers
    .filter(blocker => blocker.code !== 'FLEET_UNKNOWN' && isWaivable(world, guarded, blocker))
    .filter(blocker => !hasWaiver(world.record, guarded.slot, blocker))
    .map(blocker => waiving(blocker, guarded.slot, emergency, deadlineMs))
  return waived.length > 0 ? act(waived) : decision
}

const waiving = (
  { code, member, client, consumer }: Blocker,
  slot: Slot,
  { by, reason }: Emergency,
  deadlineMs: number,
): JournalEvent => ({
  type: 'waived',
  ...{ code, slot, member, client, consumer, by },
  reason: `emergency: ${reason}; the deadline of ${seconds(deadlineMs)} has passed`,
})
