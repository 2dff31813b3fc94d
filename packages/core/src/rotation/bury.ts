import type { Fleet, Member } from '../fleet/member.ts'
import { provenDead } from '../fleet/platform.ts'
import { act, type Decision } from './decision.ts'
import type { JournalEvent } from './event.ts'
import type { World } from './world.ts'

/** Whoever is proven dead leaves the fleet, and the journal says by what proof (PROTOCOL, P13). */
export const bury = ({ now, policy, fleet, platform }: World): Decision | null => {
  if (!platform) return null
  const dead = provenDead(fleet.members, platform, now, policy.limits.reportAgeMsMax)
  const events = dead.map(({ member: { name, incarnation }, death }): JournalEvent => {
    const { uid, proof, detail } = death
    return { type: 'died', member: name, incarnation, uid, proof, detail }
  })
  return events.length > 0 ? act(events) : null
}

/** The rows of whoever has died by these events: written together with them. */
export const departed = (
  { members }: Pick<Fleet, 'members'>,
  events: readonly JournalEvent[],
): readonly Member[] =>
  events.flatMap(event =>
    event.type === 'died'
      ? members
          .filter(one => one.name === event.member && one.incarnation === event.incarnation)
          .map(member => ({ ...member, standing: 'dead' as const }))
      : [],
  )
