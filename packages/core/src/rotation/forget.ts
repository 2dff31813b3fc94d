import type { Member, Standing } from '../fleet/member.ts'
import { forgetMs } from './limits.ts'
import { hasEnded } from './phase.ts'
import type { World } from './world.ts'

/** Left by themselves or by proof. An operator's word stays: it may cover an instance that runs. */
const leftStandings: readonly Standing[] = ['gone', 'replaced', 'dead']

/**
 * Rows of members that have left, and of whom nobody has heard for `forgetMs`: pods take new names
 * with each rollout, and the fleet would grow without end. Only while nothing turns. No gate waits
 * for such a row; whoever returns after all joins like anybody else, and binds every gate again.
 *
 * Kept are the rows by which a name that the policy expects is known to have been there, and what
 * is held against a machine that is declared dead (PROTOCOL, P13).
 */
export const forgettable = (
  world: Pick<World, 'now' | 'policy' | 'fleet' | 'record' | 'platform'>,
): readonly Member[] => {
  const { now, policy, fleet, record, platform } = world
  const isTurning = record.rotation !== null && !hasEnded(record.rotation.phase)
  // Within that time a platform has said what it knows.
  const isSettled = now >= fleet.reachableSince + policy.limits.fleetSettleMs
  if (isTurning || !isSettled || platform?.at === null) return []
  const ended = platform?.dead.filter(({ proof }) => proof === 'machine-ended') ?? []
  const endedUids = new Set<string | undefined>(ended.map(({ uid }) => uid))
  const isHeldAgainst = ({ report, declaredDead }: Member): boolean =>
    declaredDead !== undefined && (declaredDead.spokeSince || endedUids.has(report.pod?.uid))
  const isOld = (member: Member): boolean =>
    leftStandings.includes(member.standing) &&
    now - member.reportedAt > forgetMs &&
    !isHeldAgainst(member)
  const expected = new Set(policy.fleet.is === 'members' ? policy.fleet.names : [])
  const staying = new Set(fleet.members.filter(one => !isOld(one)).map(({ name }) => name))
  return fleet.members.filter(isOld).filter(({ name }) => !expected.has(name) || staying.has(name))
}
