import type { Slot } from '../slot.ts'
import { allSettled } from './attempt.ts'
import { type Gate, openGate } from './check.ts'
import { paced } from './emergency.ts'
import { drainedGate, drainGate, heldGate, readinessGate } from './gates.ts'
import { guardedOf } from './guarded.ts'
import { attemptsOf, hasEnded } from './phase.ts'
import type { Rotation } from './record.ts'
import type { World } from './world.ts'

/** What this turn has to look at, before it decides. */
export interface Needs {
  readonly arm: boolean
  readonly vault: boolean
  /** Slots whose current key, as ARM shows it, is probed in every region. */
  readonly probes: readonly Slot[]
  /** Whether Azure is asked for its evidence; absent: not. */
  readonly evidence?: true
}

/**
 * Looks are rationed (ARM: 500 reads in 5 minutes an account), and a key that is about to be
 * regenerated is never probed: our own probe would count as its use (PROTOCOL, P6).
 */
export const needs = (seen: World): Needs => {
  const world = paced(seen)
  const { record, policy } = world
  const looks = looksOf(world)
  if (record.retirement?.is === 'intended') {
    return { ...looks, arm: true, ...(policy.evidence.is === 'azure' ? { evidence: true } : {}) }
  }
  return evidenceIsDue(world) ? { ...looks, evidence: true } : looks
}

const looksOf = (world: World): Needs => {
  const { record, policy, now, arm, vault } = world
  const armDue = !arm || now - arm.at >= policy.limits.armPollMs
  const vaultOld = !vault || vault.error !== null || now - vault.at >= policy.limits.vaultAgeMsMax
  const aged = {
    // Never before a look is due: it would put off for ever the one that a gate waits for.
    arm: armDue && (!arm || now - arm.at >= policy.limits.armAgeMsMax),
    vault: vaultOld,
    probes: [] as const,
  }
  if (!record.published) return { ...aged, arm: armDue }
  if (!record.published.confirmed) return { arm: armDue, vault: true, probes: [] }
  const { rotation } = record
  if (!rotation || hasEnded(rotation.phase)) return aged
  const { plan, phase } = rotation
  const guarded = guardedOf(rotation)
  const opens = (gate: Gate) => armDue && openGate(gate, world, guarded).length === 0
  switch (phase.at) {
    case 'preflight':
      return opens(readinessGate(rotation)) ? everything(guarded.remaining) : aged
    case 'fencing-standby':
    case 'fencing-former':
      return opens(drainGate) ? everything(guarded.remaining) : aged
    case 'regenerating-standby':
    case 'regenerating-former':
      if (!armDue) return aged
      return allSettled(phase.attempts) ? everything(guarded.remaining) : { ...aged, arm: true }
    case 'probing-standby':
    case 'probing-former':
      return { ...aged, ...probing(world, guarded.slot) }
    case 'publishing-standby':
      return plan === 'standby' && opens(heldGate) ? both : aged
    case 'publishing-former':
      return opens(heldGate) ? both : aged
    case 'reverting':
      if (phase.part === 'settling') return { ...aged, arm: armDue }
      return phase.part === 'probing' ? { ...aged, ...probing(world, guarded.slot) } : aged
    default:
      return aged
  }
}

/**
 * Asked for as soon as every member has let go of the key: from then on, uses are strays'. And
 * before anything is fenced for it, to see that it can be read.
 */
const evidenceIsDue = (world: World): boolean => {
  const { record, policy, now, evidence } = world
  const { rotation } = record
  if (policy.evidence.is === 'none' || !rotation || !record.published?.confirmed) return false
  const gate = gateBeforeEvidence(rotation)
  // What was read before a fence marks it not, and the mark does not wait for the next poll.
  const since = rotation.fenceAcknowledged === null ? rotation.phaseSince : 0
  const isRecent = evidence && evidence.at > since && now - evidence.at < policy.evidence.pollMs
  return gate !== null && !isRecent && openGate(gate, world, guardedOf(rotation)).length === 0
}

const gateBeforeEvidence = (rotation: Rotation): Gate | null => {
  const { phase } = rotation
  if (phase.at === 'preflight') return readinessGate(rotation)
  const isBetweenAttempts = phase.at.startsWith('regenerating-') && allSettled(attemptsOf(phase))
  return phase.at.startsWith('fencing-') || isBetweenAttempts ? drainedGate : null
}

const both: Needs = { arm: true, vault: true, probes: [] }

const everything = (remaining: Slot): Needs => ({ ...both, probes: [remaining] })

/** ARM and probe in the same turn: the key probed is the key that ARM shows now. */
const probing = (world: World, slot: Slot): Partial<Needs> => {
  const { now, arm, probes, policy } = world
  const probe = probes.find(({ fingerprint }) => fingerprint === arm?.fingerprints[slot])
  const last = probe ? Math.max(0, ...probe.regions.map(({ at }) => at)) : 0
  return now - last >= policy.limits.probeEveryMs || !probe ? { arm: true, probes: [slot] } : {}
}
