import { joined } from '../fleet/member.ts'
import type { BlockerCode } from './blocker.ts'
import { guardedOf } from './guarded.ts'
import { hasEnded } from './phase.ts'
import type { Rotation } from './record.ts'
import { type Answer, refuse, type Verb, type Waive } from './verb.ts'
import { isWaivable } from './waiver.ts'
import type { World } from './world.ts'

const runningOf = ({ record: { rotation } }: World): Rotation | null =>
  rotation && !hasEnded(rotation.phase) ? rotation : null

const noRotation = (): Answer => refuse('NO_ROTATION', 'No rotation is running that asks for it.')

/** The word of somebody whom the policy names, and who did not start the rotation. */
export const approve = (world: World, verb: Verb & { verb: 'approve' }): Answer => {
  const rotation = runningOf(world)
  if (!rotation) return noRotation()
  const { approval } = world.policy
  const approved = (phase: string) => rotation.approvals.some(given => given.phase === phase)
  const asked = approval?.before.filter(phase => !approved(phase)) ?? []
  const phase = asked.find(each => verb.phase === undefined || each === verb.phase)
  if (!phase || !approval) {
    return refuse('NOTHING_TO_APPROVE', 'The policy asks for no word that is still missing.')
  }
  if (!approval.by.includes(verb.by)) {
    const names = approval.by.join(', ')
    return refuse('NOT_AN_APPROVER', `The policy does not name ${verb.by}, but ${names}.`)
  }
  return verb.by === rotation.startedBy
    ? refuse('NOT_AN_APPROVER', `${verb.by} has started the rotation: somebody else approves it.`)
    : { done: true, events: [{ type: 'approved', phase, by: verb.by }] }
}

/** Blockers of a member, of which a waiver has to name one. */
const memberCodes: readonly BlockerCode[] = [
  'MEMBER_STALE',
  'MEMBER_TWIN',
  'MEMBER_NOT_DURABLE',
  'KEYSET_BEHIND',
  'NOT_FENCED',
  'IN_FLIGHT',
  'STILL_IN_USE',
  'CLIENT_LOST',
  'SOURCE_LAG',
]

/** One blocker that an operator takes upon themselves, by name, for the slot about to go. */
export const waive = (world: World, verb: Waive): Answer => {
  const rotation = runningOf(world)
  if (!rotation) return noRotation()
  const guarded = guardedOf(rotation)
  const { code, member, client, consumer, by, reason } = verb
  const unnamed = misnamed(world, verb)
  if (unnamed) return unnamed
  if (!isWaivable(world, guarded, { code, member, sentence: '' })) {
    return refuse(
      'NOT_WAIVABLE',
      `${code} is about the key that has to carry everything, or about what nobody can waive: mend its cause, or abort.`,
    )
  }
  const { slot } = guarded
  return {
    done: true,
    events: [{ type: 'waived', code, slot, member, client, consumer, by, reason }],
  }
}

const misnamed = (
  { fleet, policy, platform }: World,
  { code, member, consumer }: Waive,
): Answer | null => {
  if (member === undefined && memberCodes.includes(code)) {
    return refuse('UNKNOWN_MEMBER', `${code} is waived for one member by name.`)
  }
  const expected = policy.fleet.is === 'members' ? policy.fleet.names : []
  const runs = platform?.expected ?? []
  const names = [...expected, ...[...runs, ...joined(fleet)].map(({ name }) => name)]
  if (member !== undefined && !names.includes(member)) {
    return refuse('UNKNOWN_MEMBER', `No member ${member} has joined, and none is expected.`)
  }
  const isAboutConsumer = code === 'CONSUMER_PENDING' || consumer !== undefined
  return isAboutConsumer && !isDeclared(policy, consumer) ? unknownConsumer(consumer) : null
}

const isDeclared = ({ consumers }: World['policy'], name: string | undefined): boolean =>
  consumers?.some(consumer => consumer.name === name) ?? false

const unknownConsumer = (name: string | undefined): Answer =>
  refuse('UNKNOWN_CONSUMER', `The policy declares no consumer ${name ?? 'without a name'}.`)

/** An operator's word that a declared consumer uses the key no more that is about to go. */
export const acknowledge = (world: World, verb: Verb & { verb: 'acknowledge' }): Answer => {
  const rotation = runningOf(world)
  if (!rotation) return noRotation()
  const { consumer, by, reason } = verb
  if (!isDeclared(world.policy, consumer)) return unknownConsumer(consumer)
  const { slot } = guardedOf(rotation)
  return {
    done: true,
    events: [{ type: 'consumer-acknowledged', consumer, slot, by, reason }],
  }
}
