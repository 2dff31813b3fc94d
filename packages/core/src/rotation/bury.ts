import type { Fleet, Member } from '../fleet/member.ts'
import { type Death, type PlatformView, provenDead } from '../fleet/platform.ts'
import { platformNow } from './checks-platform.ts'
import { act, type Decision } from './decision.ts'
import type { JournalEvent } from './event.ts'
import type { World } from './world.ts'

/** Whoever is proven dead leaves the fleet, and the journal says by what proof (PROTOCOL, P13). */
export const bury = (world: World): Decision | null => {
  const { now, policy, fleet, platform } = world
  if (!platform) return null
  const believed = { ...platform, dead: standing(world, platform) }
  const dead = provenDead(fleet, believed, now, policy.limits.reportAgeMsMax)
  const events = dead.map(({ member: { name, incarnation }, death }): JournalEvent => {
    const { uid, proof, detail } = death
    return { type: 'died', member: name, incarnation, uid, proof, detail }
  })
  return events.length > 0 ? act(events) : null
}

/** What ended has ended, whenever that was said; a machine may have been started again since. */
const standing = (world: World, { dead }: PlatformView): readonly Death[] =>
  platformNow(world) ? dead : dead.filter(({ proof }) => proof === 'terminated')

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
