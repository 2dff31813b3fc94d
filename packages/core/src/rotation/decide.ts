import { otherSlot } from '../slot.ts'
import { type Gate, type Guarded, lookOf, openGate, seconds } from './check.ts'
import { remainingIsNotRefused } from './checks-fleet.ts'
import { act, type Decision, entering, wait } from './decision.ts'
import type { JournalEvent } from './event.ts'
import {
  bakingGate,
  completionGate,
  heldGate,
  intentGate,
  preflightGate,
  probingGate,
} from './gates.ts'
import { intend, retry } from './intend.ts'
import type { Reverting } from './phase.ts'
import { guardVault, keepVault, publishing, reconcile } from './publish.ts'
import type { Rotation } from './record.ts'
import { revert } from './revert.ts'
import { settle } from './settle.ts'
import type { World } from './world.ts'

/**
 * The one decision of a turn: a pure function of the world. First what was begun is brought
 * to its end (somebody's hands, the vault, what was sent), then the rotation takes its next step.
 */
export const decide = (world: World): Decision => {
  if (world.record.installation === null || !world.record.published) {
    return wait([
      { code: 'NOT_ADOPTED', sentence: 'This account has not been adopted: run keyturn init.' },
    ])
  }
  return (
    guardVault(world) ?? reconcile(world) ?? keepVault(world) ?? settle(world) ?? nextStep(world)
  )
}

const nextStep = (world: World): Decision => {
  const { rotation } = world.record
  if (!rotation) return wait([])
  const back = wayBack(world, rotation)
  if (back) return back
  if (rotation.paused) {
    const { by, reason } = rotation.paused
    return wait([
      { code: 'PAUSED', sentence: `Paused by ${by} (${reason}): resume it, or abort it.` },
    ])
  }
  return step(world, rotation)
}

const step = (world: World, rotation: Rotation): Decision => {
  const { from, phase } = rotation
  const standby: Guarded = { slot: otherSlot(from), remaining: from }
  const former: Guarded = { slot: from, remaining: otherSlot(from) }
  switch (phase.at) {
    case 'preflight':
      return through(world, preflightGate, standby, () => [
        entering({ at: 'fencing-standby' }),
        publishing(world.record, { fenced: [standby.slot] }),
      ])
    case 'fencing-standby':
    case 'fencing-former':
      return fencing(world, rotation, phase.at === 'fencing-former' ? former : standby)
    case 'regenerating-standby':
      return retry(world, phase.attempts, standby, { at: 'probing-standby' })
    case 'regenerating-former':
      return retry(world, phase.attempts, former, { at: 'probing-former' })
    case 'probing-standby':
    case 'probing-former':
      return probing(world, phase.at === 'probing-former' ? former : standby)
    case 'publishing-standby':
      return through(world, heldGate, standby, () => [
        entering({ at: 'switching' }),
        publishing(world.record, { active: standby.slot }),
      ])
    case 'switching':
      return through(world, heldGate, former, () => [entering({ at: 'baking' })])
    case 'baking':
      return baking(world, rotation, former)
    case 'publishing-former':
      return through(world, completionGate, former, () => [entering({ at: 'completed' })])
    case 'reverting':
      return backward(world, phase, rotation, standby)
    case 'completed':
    case 'reverted':
      return wait([])
  }
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
  const blockers = openGate(bakingGate, world, former)
  if (left > 0) {
    const sentence = `Real traffic bakes on the ${former.remaining} key for ${seconds(left)} more.`
    return wait([{ code: 'BAKING', sentence }, ...blockers])
  }
  if (blockers.length > 0) return wait(blockers)
  return act([
    entering({ at: 'fencing-former' }),
    publishing(world.record, { fenced: [former.slot] }),
  ])
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
