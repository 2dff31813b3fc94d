import { otherSlot, type Slot } from '../slot.ts'
import { allSettled } from './attempt.ts'
import { type Gate, openGate } from './check.ts'
import { drainGate, heldGate, readyGate } from './gates.ts'
import { hasEnded } from './phase.ts'
import type { World } from './world.ts'

/** What this turn has to look at, before it decides. */
export interface Needs {
  readonly arm: boolean
  readonly vault: boolean
  /** Slots whose current key, as ARM shows it, is probed in every region. */
  readonly probes: readonly Slot[]
}

/**
 * Looks are rationed (ARM: 500 reads in 5 minutes an account), and a key that is about to be
 * regenerated is never probed: our own probe would count as its use (PROTOCOL, P6).
 */
export const needs = (world: World): Needs => {
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
  const standby = otherSlot(rotation.from)
  switch (rotation.phase.at) {
    case 'preflight':
      return armDue && opens(world, readyGate, standby) ? everything(rotation.from) : aged
    case 'fencing-standby':
      return armDue && opens(world, drainGate, standby) ? everything(rotation.from) : aged
    case 'fencing-former':
      return armDue && opens(world, drainGate, rotation.from) ? everything(standby) : aged
    case 'regenerating-standby':
    case 'regenerating-former': {
      if (!armDue) return aged
      const remaining = rotation.phase.at === 'regenerating-former' ? standby : rotation.from
      return allSettled(rotation.phase.attempts) ? everything(remaining) : { ...aged, arm: true }
    }
    case 'probing-standby':
      return { ...aged, ...probing(world, standby) }
    case 'probing-former':
      return { ...aged, ...probing(world, rotation.from) }
    case 'publishing-former':
      return armDue && opens(world, heldGate, rotation.from) ? both : aged
    case 'reverting':
      if (rotation.phase.part === 'settling') return { ...aged, arm: armDue }
      return rotation.phase.part === 'probing' ? { ...aged, ...probing(world, standby) } : aged
    default:
      return aged
  }
}

const both: Needs = { arm: true, vault: true, probes: [] }

const everything = (remaining: Slot): Needs => ({ ...both, probes: [remaining] })

const opens = (world: World, gate: Gate, slot: Slot): boolean =>
  openGate(gate, world, { slot, remaining: otherSlot(slot) }).length === 0

/** ARM and probe in the same turn: the key probed is the key that ARM shows now. */
const probing = (world: World, slot: Slot): Partial<Needs> => {
  const { now, arm, probes, policy } = world
  const probe = probes.find(({ fingerprint }) => fingerprint === arm?.fingerprints[slot])
  const last = probe ? Math.max(0, ...probe.regions.map(({ at }) => at)) : 0
  return now - last >= policy.limits.probeEveryMs || !probe ? { arm: true, probes: [slot] } : {}
}
