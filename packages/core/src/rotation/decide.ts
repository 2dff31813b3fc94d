import { otherSlot, type Slot } from '../slot.ts'
import { bury } from './bury.ts'
import { type Gate, lookOf, openGate, openUnwaived, seconds } from './check.ts'
import { remainingIsNotRefused } from './checks-fleet.ts'
import { act, type Decision, entering, wait } from './decision.ts'
import { overdue, paced, replan } from './emergency.ts'
import type { JournalEvent } from './event.ts'
import {
  bakedGate,
  beforeAnythingGate,
  completionGate,
  heldGate,
  intentGate,
  probingGate,
} from './gates.ts'
import { type Guarded, guardedOf } from './guarded.ts'
import { intend, retry } from './intend.ts'
import { outsidersFirst } from './outsiders.ts'
import type { Phase, Reverting } from './phase.ts'
import { followRepair, guardVault, keepVault, publishing, reconcile } from './publish.ts'
import type { Rotation } from './record.ts'
import { retiring } from './retire.ts'
import { revert } from './revert.ts'
import { scheduled } from './schedule.ts'
import { settle } from './settle.ts'
import type { World } from './world.ts'

/**
 * The one decision of a turn: a pure function of the world. First what was begun is brought
 * to its end (somebody's hands, the vault, what was sent), then the rotation takes its next step.
 */
export const decide = (seen: World): Decision => {
  const world = paced(seen)
  if (world.record.installation === null || !world.record.published) {
    return wait([
      { code: 'NOT_ADOPTED', sentence: 'This account has not been adopted: run keyturn init.' },
    ])
  }
  return (
    bury(world) ??
    guardVault(world) ??
    followRepair(world) ??
    reconcile(world) ??
    keepVault(world) ??
    settle(world) ??
    retiring(world) ??
    scheduled(world) ??
    nextStep(world)
  )
}

const nextStep = (world: World): Decision => {
  const { rotation } = world.record
  if (!rotation) return wait([])
  const turned = wayBack(world, rotation) ?? replan(world, rotation)
  if (turned) return turned
  if (rotation.paused) {
    const { by, reason } = rotation.paused
    return wait([
      { code: 'PAUSED', sentence: `Paused by ${by} (${reason}): resume it, or abort it.` },
    ])
  }
  return overdue(world, rotation, step(world, rotation))
}

const step = (world: World, rotation: Rotation): Decision => {
  const { plan, phase } = rotation
  const guarded = guardedOf(rotation)
  switch (phase.at) {
    case 'preflight':
      return through(world, beforeAnythingGate(rotation), guarded, () =>
        plan === 'active' ? switching(world, guarded.remaining) : fence(world, guarded.slot, phase),
      )
    case 'fencing-standby':
    case 'fencing-former':
      return outsidersFirst(world, rotation, guarded) ?? fencing(world, rotation, guarded)
    case 'regenerating-standby':
    case 'regenerating-former': {
      const then = phase.at === 'regenerating-former' ? 'probing-former' : 'probing-standby'
      return (
        outsidersFirst(world, rotation, guarded) ??
        retry(world, phase.attempts, guarded, { at: then })
      )
    }
    case 'probing-standby':
    case 'probing-former':
      return probing(world, guarded)
    case 'publishing-standby':
      return plan === 'standby'
        ? finishing(world, guarded)
        : through(world, heldGate, guarded, () => switching(world, guarded.slot))
    case 'switching':
      return through(world, heldGate, guarded, () => [entering({ at: 'baking' })])
    case 'baking':
      return baking(world, rotation, guarded)
    case 'publishing-former':
      return finishing(world, guarded)
    case 'reverting':
      return backward(world, phase, rotation, guarded)
    case 'completed':
    case 'reverted':
      return wait([])
  }
}

const fence = (world: World, slot: Slot, { at }: Phase): readonly JournalEvent[] => [
  entering({ at: at === 'baking' ? 'fencing-former' : 'fencing-standby' }),
  publishing(world.record, { fenced: [slot] }),
]

const switching = (world: World, to: Slot): readonly JournalEvent[] => [
  entering({ at: 'switching' }),
  publishing(world.record, { active: to, fenced: [] }),
]

/** Completed is never waived: it means what it says (invariant 5). */
const finishing = (world: World, guarded: Guarded): Decision => {
  const blockers = openUnwaived(completionGate, world, guarded)
  return blockers.length > 0 ? wait(blockers) : act([entering({ at: 'completed' })])
}

const through = (
  world: World,
  gate: Gate,
  guarded: Guarded,
  events: () => readonly JournalEvent[],
): Decision => {
  const blockers = openGate(gate, world, guarded)
  return blockers.length > 0 ? wait(blockers) : act(events())
}

/**
 * The key that has to carry everything is refused in the field before anything was sent: the
 * way back, by itself (P3). No pause holds it: a fence on the healthy key stops every failover.
 */
const wayBack = (world: World, rotation: Rotation): Decision | null => {
  const guarded = guardedWhileNothingIsSent(rotation)
  return guarded && remainingIsNotRefused(world, guarded).length > 0
    ? revert(world.record, rotation)
    : null
}

const guardedWhileNothingIsSent = ({ from, phase }: Rotation): Guarded | null => {
  switch (phase.at) {
    case 'fencing-standby':
      return { slot: otherSlot(from), remaining: from }
    case 'switching':
    case 'baking':
    case 'fencing-former':
      return { slot: from, remaining: otherSlot(from) }
    default:
      return null
  }
}

const fencing = (world: World, rotation: Rotation, guarded: Guarded): Decision => {
  const blockers = openGate(intentGate, world, guarded)
  if (blockers.length > 0) return wait(blockers)
  const at = guarded.slot === rotation.from ? 'regenerating-former' : 'regenerating-standby'
  return intend(world, guarded.slot, 1, [entering({ at })])
}

const probing = (world: World, guarded: Guarded): Decision =>
  through(world, probingGate, guarded, () => [
    entering({
      at: guarded.slot === world.record.rotation?.from ? 'publishing-former' : 'publishing-standby',
    }),
    publishing(world.record, { fenced: [], fingerprints: lookOf(world).fingerprints }),
  ])

const baking = (world: World, rotation: Rotation, former: Guarded): Decision => {
  const left = rotation.phaseSince + world.policy.limits.bakeMs - world.now
  const blockers = openGate(bakedGate(rotation), world, former)
  if (left > 0) {
    const sentence = `Real traffic bakes on the ${former.remaining} key for ${seconds(left)} more.`
    return wait([{ code: 'BAKING', sentence }, ...blockers])
  }
  return blockers.length > 0 ? wait(blockers) : act(fence(world, former.slot, rotation.phase))
}

const backward = (
  world: World,
  phase: Reverting,
  rotation: Rotation,
  standby: Guarded,
): Decision => {
  if (phase.part === 'settling') {
    return act([entering({ at: 'reverting', part: 'probing' })])
  }
  if (phase.part === 'probing') {
    return through(world, probingGate, standby, () => [
      entering({ at: 'reverting', part: 'publishing' }),
      publishing(world.record, {
        active: rotation.from,
        fenced: [],
        fingerprints: lookOf(world).fingerprints,
      }),
    ])
  }
  return through(world, heldGate, standby, () => [entering({ at: 'reverted' })])
}
