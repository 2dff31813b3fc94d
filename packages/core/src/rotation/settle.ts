import { otherSlot, type Slot } from '../slot.ts'
import { type Attempt, isSettled, lastAttempt, type SettledWhy } from './attempt.ts'
import { lookedAt, seconds } from './check.ts'
import { act, type Decision, wait } from './decision.ts'
import { attemptsOf } from './phase.ts'
import type { Rotation } from './record.ts'
import type { ArmView, World } from './world.ts'

/** The slot that the current phase's attempts are about. */
export const attemptedSlot = ({ phase, from }: Rotation): Slot =>
  phase.at === 'regenerating-former' ? from : otherSlot(from)

/**
 * Follows what was sent until it can no longer take effect (PROTOCOL, P1): nothing is sent
 * again before that. By looking, never by repeating: its operation, the key, the clock.
 */
export const settle = (world: World): Decision | null => {
  const { rotation } = world.record
  if (!rotation) return null
  const attempt = lastAttempt(attemptsOf(rotation.phase))
  if (!attempt || isSettled(attempt)) return null
  const slot = attemptedSlot(rotation)
  const why = settledBecause(world, attempt, slot)
  return why
    ? act([{ type: 'regenerate-settled', attempt: attempt.number, why }])
    : wait([{ code: 'REGENERATION_RUNNING', sentence: running(world, attempt, slot) }])
}

const settledBecause = (world: World, attempt: Attempt, slot: Slot): SettledWhy | null => {
  const { arm } = world
  if (!lookedAt(arm)) return null
  const operation = operationOf(arm, attempt)
  const changed = arm.fingerprints[slot] !== attempt.oldFingerprint
  if (operation === 'running') return null
  if (operation === 'succeeded') return changed ? 'ended' : null
  if (operation === 'failed') return 'failed'
  // The look itself has to be that late: between it and this decision a POST may have arrived.
  return arm.idle && arm.at >= settledAt(world, attempt) ? 'expired' : null
}

const operationOf = (arm: ArmView, { outcome }: Attempt) =>
  outcome.is === 'accepted' && arm.operation?.operation === outcome.operation
    ? arm.operation.status
    : null

const settledAt = ({ policy }: World, { sendBefore }: Attempt): number =>
  sendBefore + policy.limits.armSettleMs

const running = (world: World, attempt: Attempt, slot: Slot): string =>
  attempt.outcome.is === 'accepted'
    ? `Azure is regenerating the ${slot} key: minutes as a rule, hours in a large account.`
    : `The answer to regenerating the ${slot} key was lost: it is settled in ${seconds(settledAt(world, attempt) - world.now)} at the latest, and nothing is sent before.`
