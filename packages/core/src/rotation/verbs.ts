import { joined, largestVersion, type Member } from '../fleet/member.ts'
import { lookedAt } from './check.ts'
import { fromOtherHands } from './other-hands.ts'
import { canAbort, hasEnded } from './phase.ts'
import { guardVault } from './publish.ts'
import type { Publication } from './record.ts'
import { retire } from './retire.ts'
import { reverting } from './revert.ts'
import { rotate } from './start.ts'
import { type Answer, refuse, type Verb } from './verb.ts'
import { acknowledge, approve, waive } from './words.ts'
import type { World } from './world.ts'

export const obey = (world: World, verb: Verb): Answer => {
  if ('reason' in verb && verb.reason.trim() === '') {
    return refuse('REASON_MISSING', `To ${verb.verb} takes a reason: it goes into the journal.`)
  }
  if (verb.verb === 'adopt') return adopt(world, verb)
  if (!world.record.published) {
    return refuse('NOT_ADOPTED', 'This account has not been adopted: run keyturn init.')
  }
  switch (verb.verb) {
    case 'rotate':
      return rotate(world, verb)
    case 'evict':
      return evict(world, verb)
    case 'approve':
      return approve(world, verb)
    case 'waive':
      return waive(world, verb)
    case 'acknowledge':
      return acknowledge(world, verb)
    case 'retire':
      return retire(world, verb)
    default:
      return steer(world, verb)
  }
}

const adopt = (world: World, verb: Verb & { verb: 'adopt' }): Answer => {
  const { record, arm, vault, fleet } = world
  const takesOver = verb.takeOver && isInOtherHands(world)
  if (record.installation !== null && !takesOver) {
    return refuse('ALREADY_ADOPTED', 'This account is already adopted: rotate it.')
  }
  if (!lookedAt(arm)) {
    const why = world.arm?.error ?? world.armError
    const sentence = `Azure Resource Manager could not be read${why ? ` (${why})` : ' yet'}.`
    return refuse('ARM_UNREACHABLE', sentence)
  }
  if (!vault || vault.error !== null) {
    return refuse('VAULT_UNREACHABLE', 'Key Vault was not read yet: it is tried by itself.')
  }
  if ((vault.latest !== null || vault.foreign) && !verb.takeOver) {
    return refuse(
      'VAULT_DIFFERS',
      'Key Vault already holds a keyset that another installation wrote: adopt with take-over, once that installation is stopped.',
    )
  }
  const known = Math.max(vault.latest?.version ?? 0, record.published?.version ?? 0)
  const version = Math.max(known, largestVersion(fleet)) + 1
  const publication = { ...roles(world), version, fingerprints: arm.fingerprints }
  return {
    done: true,
    events: [
      {
        type: 'adopted',
        installation: verb.installation,
        by: verb.by,
        takeOver: verb.takeOver,
      },
      { type: 'publish-intended', publication },
    ],
  }
}

/**
 * Whether somebody else's keysets are about: in the vault, or in the hands of a member, which
 * never goes back to an older version of ours once the vault is restored (PROTOCOL, P3 and P8).
 */
const isInOtherHands = (world: World): boolean => {
  const { record, vault, fleet } = world
  const { published, installation } = record
  if (!published || vault?.latest?.installation !== installation) return true
  if (guardVault(world) !== null) return true
  return joined(fleet).some(
    ({ report }) =>
      (report.floor ?? 0) > published.version || fromOtherHands(report, published) !== null,
  )
}

/** A running turn keeps its fences: an attempt may be on its way to the fenced key. */
const roles = ({ record, vault }: World): Pick<Publication, 'active' | 'fenced'> =>
  record.published && record.rotation && !hasEnded(record.rotation.phase)
    ? { active: record.published.active, fenced: record.published.fenced }
    : { active: vault?.latest?.active ?? 'primary', fenced: [] }

const evict = (world: World, { member, by, reason }: Verb & { verb: 'evict' }): Answer =>
  evictees(world, member).length > 0
    ? { done: true, events: [{ type: 'evicted', member, by, reason }] }
    : refuse('UNKNOWN_MEMBER', `No member ${member} has joined.`)

/**
 * Whom an eviction takes out of the fleet. Of two under one name the silent one is meant: the
 * other would bind no gate until its next report, and may be signing meanwhile.
 */
export const evictees = ({ now, policy, fleet }: World, name: string): readonly Member[] => {
  const named = joined(fleet).filter(member => member.name === name)
  const silent = named.filter(({ reportedAt }) => now - reportedAt > policy.limits.reportAgeMsMax)
  return silent.length > 0 ? silent : named
}

const steer = (
  { record }: World,
  { verb, by, reason }: Verb & { verb: 'pause' | 'resume' | 'abort' },
): Answer => {
  const { rotation } = record
  if (!rotation || hasEnded(rotation.phase)) {
    return refuse('NO_ROTATION', `No rotation is running that one could ${verb}.`)
  }
  if (verb === 'pause') return { done: true, events: [{ type: 'paused', by, reason }] }
  if (verb === 'resume') {
    return rotation.paused
      ? { done: true, events: [{ type: 'resumed', by, reason }] }
      : refuse('NOT_PAUSED', `Rotation ${rotation.id} is not paused.`)
  }
  return canAbort(rotation.phase)
    ? { done: true, events: [{ type: 'aborted', by, reason }, ...reverting(record, rotation)] }
    : refuse('TOO_LATE', `In ${rotation.phase.at} there is no way back any more: only forward.`)
}
