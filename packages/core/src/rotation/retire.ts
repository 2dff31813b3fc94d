import { joined, usageOf } from '../fleet/member.ts'
import { slots } from '../slot.ts'
import type { Blocker, BlockerCode } from './blocker.ts'
import { type Check, duration, type Gate, publishedOf, seconds } from './check.ts'
import { accountIsIdle, armWasJustRead } from './checks-azure.ts'
import {
  everyMemberIsDurable,
  everyReportIsFresh,
  expectedMembersAreThere,
  fleetHasSettled,
  fleetIsKnown,
  noClientIsLost,
  noTwins,
} from './checks-fleet.ts'
import { expectedInstancesAreThere, platformIsHeard } from './checks-platform.ts'
import { act, actOutside, type Decision, wait } from './decision.ts'
import { defaultRetireLimits } from './limits.ts'
import { hasEnded } from './phase.ts'
import { type Answer, refuse, type Verb } from './verb.ts'
import type { World } from './world.ts'

/** No member has signed anything with either key for the span, as of its report. */
export const noMemberUsesAnyKey: Check = ({ record, policy, fleet }) => {
  const { quietMs } = policy.retire ?? defaultRetireLimits
  const { fingerprints } = publishedOf(record)
  return joined(fleet).flatMap(member =>
    slots
      .filter(slot => {
        const usage = usageOf(member, fingerprints[slot])
        if (usage === null || usage.inFlight > 0) return true
        return usage.idleMs !== null && usage.idleMs < quietMs
      })
      .map(slot => ({
        code: 'KEY_IN_USE' as const,
        member: member.name,
        fingerprint: fingerprints[slot],
        sentence: `Member ${member.name} has used the ${slot} key within ${duration(quietMs)}, or does not say: move its applications to Entra ID.`,
      })),
  )
}

/** Whoever is declared to hold a key is still there. */
export const noConsumerIsDeclared: Check = ({ policy }) =>
  (policy.consumers ?? []).map(({ name }) => ({
    code: 'CONSUMER_PENDING',
    consumer: name,
    sentence: `Consumer ${name} is declared to hold a key: move it to Entra ID, and take it out of the policy.`,
  }))

/** Members forget when they restart, and strays report nothing: only Azure knows of a span. */
export const azureSawNoUse: Check = ({ policy, evidence }) => {
  const { quietMs } = policy.retire ?? defaultRetireLimits
  if (policy.evidence.is === 'none' || !evidence || evidence.error !== null) {
    const why = policy.evidence.is === 'none' ? 'the policy asks for none' : 'it was not read'
    const sentence = `Only Azure's evidence shows that nobody used a key for ${duration(quietMs)}, and ${why}.`
    return [{ code: 'EVIDENCE_PENDING', sentence }]
  }
  const { lastUseOfAny: last, azureNow } = evidence
  if (last === null) return []
  if (last === undefined) {
    const sentence = 'Azure did not say when the keys of both pairs were used last.'
    return [{ code: 'EVIDENCE_PENDING', sentence }]
  }
  const passesInMs = last + quietMs - azureNow
  if (passesInMs <= 0) return []
  const sentence = `Azure saw a key of the account used ${duration(azureNow - last)} ago: if it was the last time, this passes in ${duration(passesInMs)}.`
  return [{ code: 'RECENTLY_USED', sentence, passesInMs }]
}

const retireGate: Gate = [
  [
    fleetIsKnown,
    fleetHasSettled,
    expectedMembersAreThere,
    platformIsHeard,
    expectedInstancesAreThere,
    everyReportIsFresh,
    noTwins,
    noClientIsLost,
    everyMemberIsDurable,
    noMemberUsesAnyKey,
    noConsumerIsDeclared,
    azureSawNoUse,
    armWasJustRead,
    accountIsIdle,
  ],
]

/**
 * What stands against ending key authentication, all at once. No waiver counts: nobody can answer
 * for a use that they do not know of.
 */
export const againstRetiring = (world: World): readonly Blocker[] => {
  const { rotation } = world.record
  const nothing = { slot: 'primary', remaining: 'secondary' } as const
  const blockers = retireGate.flat().flatMap(check => check(world, nothing))
  if (!rotation || hasEnded(rotation.phase)) return blockers
  const sentence = `Rotation ${rotation.id} is in ${rotation.phase.at}: it has to end first.`
  return [{ code: 'ROTATION_RUNNING', sentence }, ...blockers]
}

/** Asked twice: the first word shows that nothing stands against it, the second one does it. */
export const retire = (
  world: World,
  { by, reason, confirm }: Verb & { verb: 'retire' },
): Answer => {
  const { retirement } = world.record
  const { confirmWithinMs } = world.policy.retire ?? defaultRetireLimits
  if (isRetired(world)) return refuse('RETIRED', 'The account takes no keys any more.')
  const blockers = againstRetiring(world)
  if (blockers.length > 0) return { done: false, blockers }
  if (!confirm) return { done: true, events: [{ type: 'retire-asked', by, reason }] }
  return retirement?.is === 'asked' && world.now - retirement.at <= confirmWithinMs
    ? { done: true, events: [{ type: 'retire-intended', by, reason }] }
    : refuse(
        'NOT_ASKED',
        `It is asked twice: once to see that nothing stands against it, and again within ${seconds(confirmWithinMs)}.`,
      )
}

/** Key authentication was ended by us, and nobody has turned it on again since. */
export const isRetired = ({ record, arm }: World): boolean =>
  record.retirement?.is === 'done' && arm?.localAuthDisabled !== false

/** What cannot be known now is waited for; a use that shows after all ends the matter. */
const unknowns: readonly BlockerCode[] = [
  'FLEET_SETTLING',
  'PLATFORM_UNREACHABLE',
  'ARM_UNREACHABLE',
  'ACCOUNT_BUSY',
  'EVIDENCE_PENDING',
]

export const retiring = (world: World): Decision | null => {
  const { record, arm } = world
  if (record.retirement?.is !== 'intended') return null
  if (arm?.fresh && arm.localAuthDisabled) return act([{ type: 'retired' }])
  const blockers = againstRetiring(world)
  if (blockers.length === 0) return actOutside({ do: 'disable-local-auth' })
  const because = blockers.map(({ code }) => code).filter(code => !unknowns.includes(code))
  return because.length > 0 ? act([{ type: 'retire-dropped', because }]) : wait(blockers)
}
