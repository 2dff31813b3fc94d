import type { Slot } from '../slot.ts'
import { type Attempt, lastAttempt, type Outcome } from './attempt.ts'
import type { Blocker } from './blocker.ts'
import { duration, lookOf, openGate, seconds } from './check.ts'
import { accountIsIdle, armWasJustRead } from './checks-azure.ts'
import { act, type Decision, entering, wait } from './decision.ts'
import type { EnteredPhase, JournalEvent } from './event.ts'
import { intentGate } from './gates.ts'
import type { Guarded } from './guarded.ts'
import { azureRefusesMs } from './limits.ts'
import { hasWaiver } from './waiver.ts'
import type { World } from './world.ts'

/** Records what is about to be sent, and what would show that it took effect (P1). */
export const intend = (
  world: World,
  slot: Slot,
  attempt: number,
  before: readonly JournalEvent[] = [],
  skipUsageCheck = false,
): Decision => {
  const { now, epoch, policy } = world
  const arm = lookOf(world)
  const withinMs = policy.limits.sendWithinMs
  const intent: JournalEvent = {
    type: 'regenerate-intended',
    slot,
    attempt,
    epoch,
    oldFingerprint: arm.fingerprints[slot],
    oldGenerationTime: arm.generationTimes[slot],
    sendBefore: now + withinMs,
  }
  const skips = skipUsageCheck ? ({ skipUsageCheck } as const) : {}
  return act([...before, intent], { do: 'regenerate', slot, attempt, withinMs, ...skips })
}

/** Every attempt is settled: either the key has changed, or another attempt is due. */
export const retry = (
  world: World,
  attempts: readonly Attempt[],
  guarded: Guarded,
  then: EnteredPhase,
): Decision => {
  const last = lastAttempt(attempts)
  const looked = [...armWasJustRead(world, guarded), ...accountIsIdle(world, guarded)]
  if (looked.length > 0 || last?.outcome.is !== 'settled' || !world.arm) return wait(looked)
  if (world.arm.fingerprints[guarded.slot] !== last.oldFingerprint) return act([entering(then)])
  const recentlyUsed = last.outcome.because === 'recently-used'
  const tooSoon = recentlyUsed
    ? usedRecently(world, last.outcome, guarded.slot)
    : refused(world, last.number, last.outcome, guarded.slot, then)
  if (tooSoon) return wait([tooSoon])
  const blockers = openGate(intentGate, world, guarded)
  return blockers.length > 0
    ? wait(blockers)
    : intend(
        world,
        guarded.slot,
        last.number + 1,
        [],
        recentlyUsed && bypasses(world, guarded.slot),
      )
}

/** Azure's own check may be passed over where the policy or an operator says so: ours stands. */
const bypasses = ({ record, policy }: World, slot: Slot): boolean =>
  policy.azureRefusal === 'bypass' || hasWaiver(record, slot, { code: 'AZURE_REFUSED' })

/** Azure refuses for 12 hours after the last use: there is no sense in asking before. */
const usedRecently = (world: World, { at }: Settled, slot: Slot): Blocker | null => {
  if (bypasses(world, slot)) return null
  const { evidence, now } = world
  const last = evidence?.lastUse[slot] ?? null
  const since = evidence && last !== null ? evidence.at + last - evidence.azureNow : at
  const passesInMs = since + azureRefusesMs - now
  if (passesInMs <= 0) return null
  const sentence = `Azure does not regenerate the ${slot} key, which was used in the last 12 hours: it is asked again in ${duration(passesInMs)}, at once if you waive AZURE_REFUSED.`
  return { code: 'AZURE_REFUSED', sentence, passesInMs }
}

type Settled = Outcome & { is: 'settled' }

/** Where there is a way back, an operator decides in the end; where there is none, it goes on. */
const refused = (
  world: World,
  number: number,
  { at, detail }: Settled,
  slot: Slot,
  then: EnteredPhase,
): Blocker | null => {
  const { attemptBackoffMs, attemptsMax } = world.policy.limits
  const said = detail ? `: ${detail}` : ''
  if (number >= attemptsMax && then.at === 'probing-standby') {
    const sentence = `Azure did not regenerate the ${slot} key in ${attemptsMax} attempts${said}: mend the cause, then abort and rotate again.`
    return { code: 'AZURE_REFUSED', sentence }
  }
  const backoffMs = attemptBackoffMs * Math.min(number, attemptsMax)
  const left = at + backoffMs - world.now
  if (left <= 0) return null
  const sentence = `Attempt ${number} to regenerate the ${slot} key ended without effect${said}; the next one is due in ${seconds(left)}.`
  return { code: 'AZURE_REFUSED', sentence }
}
