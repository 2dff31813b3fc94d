import { joined, usageOf } from '../fleet/member.ts'
import { sameFingerprints } from '../keyset.ts'
import { type Check, publishedOf, seconds } from './check.ts'
import { remedyForSilence } from './checks-platform.ts'
import { fromOtherHands } from './other-hands.ts'

/** Nobody may be regenerating blind: an empty fleet is somebody's written word, never an accident. */
export const fleetIsKnown: Check = ({ policy, fleet }) =>
  policy.fleet.is === 'members' && joined(fleet).length === 0
    ? [
        {
          code: 'FLEET_UNKNOWN',
          sentence:
            'The fleet is empty, nobody has joined or all have left: start the sidecars, or accept in the policy that there are none.',
        },
      ]
    : []

/** Whoever serves has had the time to join since the coordinator became reachable (P9). */
export const fleetHasSettled: Check = ({ now, policy, fleet }) => {
  const left = fleet.reachableSince + policy.limits.fleetSettleMs - now
  return left > 0
    ? [
        {
          code: 'FLEET_SETTLING',
          sentence: `The coordinator became reachable a moment ago: every sidecar gets ${seconds(left)} more to join.`,
        },
      ]
    : []
}

export const expectedMembersAreThere: Check = ({ policy, fleet }) =>
  policy.fleet.is === 'members'
    ? policy.fleet.names
        .filter(name => !fleet.members.some(member => member.name === name))
        .map(name => ({
          code: 'MEMBER_MISSING',
          member: name,
          sentence: `Member ${name} is expected and has never reported: start its sidecar, or take it out of the policy.`,
        }))
    : []

/** As many as the policy asks for, whoever they are: pods have names that nobody knows before. */
export const enoughMembersAreThere: Check = ({ policy, fleet }) => {
  const atLeast = policy.fleet.is === 'members' ? (policy.fleet.atLeast ?? 0) : 0
  const there = joined(fleet).length
  return there < atLeast
    ? [
        {
          code: 'MEMBER_MISSING',
          sentence: `${there} of at least ${atLeast} members have joined: start the others, or change the policy.`,
        },
      ]
    : []
}

/** Silence is not a goodbye: a member that stopped talking may still be signing. */
export const everyReportIsFresh: Check = world => {
  const { now, policy, fleet } = world
  return joined(fleet)
    .filter(member => now - member.reportedAt > policy.limits.reportAgeMsMax)
    .map(member => ({
      code: 'MEMBER_STALE',
      member: member.name,
      sentence: `Member ${member.name} last reported ${seconds(now - member.reportedAt)} ago: ${remedyForSilence(world, member)}`,
    }))
}

/** Two that report under one name: nobody can tell whose word counts (P10). */
export const noTwins: Check = ({ fleet }) => {
  const names = joined(fleet).map(member => member.name)
  return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))].map(name => ({
    code: 'MEMBER_TWIN',
    member: name,
    sentence: `Two processes have reported as ${name}: give each its own name, or evict the one that is dead.`,
  }))
}

/**
 * Under one version there may be two keysets where somebody has edited the vault: whoever holds
 * the other one signs with another slot, or with none, until a newer version comes.
 */
export const everyoneAcknowledged: Check = ({ record, fleet }) => {
  const published = publishedOf(record)
  return joined(fleet).flatMap(({ name, report }) => {
    const { acknowledged } = report
    const other = fromOtherHands(report, published)
    const of = `${acknowledged ? `version ${acknowledged.version}` : 'nothing'} of ${published.version}`
    const behind = {
      code: 'KEYSET_BEHIND' as const,
      member: name,
      sentence: other
        ? `Member ${name} acknowledged ${of} and stays with version ${other.version}, which was not published here: adopt the account again, with take-over.`
        : `Member ${name} acknowledged ${of}: see which of its clients is behind.`,
    }
    if (acknowledged === null || acknowledged.version !== published.version) return [behind]
    const isSame =
      sameFingerprints(acknowledged.fingerprints, published.fingerprints) &&
      acknowledged.active === published.active &&
      acknowledged.fenced.every(slot => published.fenced.includes(slot))
    const sentence = `Member ${name} holds another keyset under version ${published.version}, which somebody has edited: adopt the account with take-over, which publishes above it.`
    return isSame ? [] : [{ ...behind, sentence }]
  })
}

/** Fenced where keys are signed with, not only where they are published. */
export const slotIsFencedEverywhere: Check = ({ fleet }, { slot }) =>
  joined(fleet)
    .filter(({ report }) => !report.acknowledged?.fenced.includes(slot))
    .map(({ name }) => ({
      code: 'NOT_FENCED',
      member: name,
      sentence: `Member ${name} has not acknowledged the fence on the ${slot} key: bring it back if it is only behind; waive it only where its layout has no fences.`,
    }))

/** What cannot be known counts as in use: a key that a report does not name is not idle. */
export const slotIsDrained: Check = ({ record, fleet }, { slot }) => {
  const fingerprint = publishedOf(record).fingerprints[slot]
  return joined(fleet)
    .filter(member => usageOf(member, fingerprint)?.inFlight !== 0)
    .map(member => ({
      code: 'IN_FLIGHT',
      member: member.name,
      fingerprint,
      sentence: `Member ${member.name} has ${usageOf(member, fingerprint)?.inFlight ?? 'an unknown number of'} requests in flight under the ${slot} key: they end by themselves.`,
    }))
}

export const noClientIsLost: Check = ({ fleet }) =>
  joined(fleet).flatMap(({ name, report }) =>
    report.clients.lost.map(client => ({
      code: 'CLIENT_LOST' as const,
      member: name,
      client,
      sentence: `Client ${client} of member ${name} vanished without a goodbye: it counts as signing until it returns or is proven dead.`,
    })),
  )

/** A source may hand an older keyset to whoever starts now: wait until it cannot (P9a). */
export const everySourceHasCaughtUp: Check = ({ now, record, fleet }) =>
  joined(fleet)
    .filter(({ report }) => now - publishedOf(record).at < report.source.stalenessMsMax)
    .map(({ name, report }) => ({
      code: 'SOURCE_LAG',
      member: name,
      sentence: `The ${report.source.kind} source of member ${name} may lag by ${seconds(report.source.stalenessMsMax)}: the fence has to be older than that.`,
    }))

/** A member that forgets its clients when it restarts proves nothing about them (P11). */
export const everyMemberIsDurable: Check = ({ fleet }) =>
  joined(fleet)
    .filter(({ report }) => !report.durable)
    .map(({ name }) => ({
      code: 'MEMBER_NOT_DURABLE',
      member: name,
      sentence: `Member ${name} has no durable state directory: give it one, so that a restart forgets no client.`,
    }))

/** The key that has to carry everything is refused where it matters: in the field. */
export const remainingIsNotRefused: Check = ({ record, fleet }, { remaining }) => {
  const fingerprint = publishedOf(record).fingerprints[remaining]
  return joined(fleet).flatMap(({ name, report }) =>
    report.refused
      .filter(refusal => refusal.fingerprint === fingerprint)
      .map(refusal => ({
        code: 'ACTIVE_REFUSED' as const,
        member: name,
        fingerprint,
        region: refusal.endpoint,
        sentence: `Member ${name} sees the ${remaining} key refused at ${refusal.endpoint}: nothing else may be regenerated now.`,
      })),
  )
}

/** The key about to be fenced has not signed anything for a while, as of each report. */
export const slotIsQuiet: Check = ({ record, policy, fleet }, { slot }) => {
  const fingerprint = publishedOf(record).fingerprints[slot]
  return joined(fleet)
    .filter(member => {
      const usage = usageOf(member, fingerprint)
      if (usage === null || usage.inFlight > 0) return true
      return usage.idleMs !== null && usage.idleMs < policy.limits.quietMs
    })
    .map(member => ({
      code: 'STILL_IN_USE',
      member: member.name,
      fingerprint,
      sentence: `Member ${member.name} used the ${slot} key less than ${seconds(policy.limits.quietMs)} before its last report.`,
    }))
}
