import type { Member, Standing } from '../fleet/member.ts'
import { type Instance, type PlatformView, runsIn } from '../fleet/platform.ts'
import { type Check, seconds } from './check.ts'
import type { World } from './world.ts'

/** What the platform says, where the policy relies on it and it is recent enough. */
export const platformNow = ({ now, policy, platform }: World): PlatformView | null => {
  if (!policy.platform || policy.platform.is === 'none' || !platform) return null
  const { at } = platform
  return at !== null && now - at <= policy.platform.ageMsMax ? platform : null
}

/** Who is expected can be told only by what the platform says now: unknown counts as in use. */
export const platformIsHeard: Check = world => {
  const { now, policy, platform } = world
  if (!policy.platform || policy.platform.is === 'none' || platformNow(world)) return []
  const at = platform?.at ?? null
  const since = at === null ? 'has not answered yet' : `last answered ${seconds(now - at)} ago`
  const why = platform?.error ? ` (${platform.error})` : ''
  return [
    {
      code: 'PLATFORM_UNREACHABLE',
      sentence: `The platform (${policy.platform.is}) ${since}${why}, so nobody knows who else should be here: let the coordinator reach it.`,
    },
  ]
}

/**
 * Whoever runs is in the fleet, or has left it by somebody's word; else it may be serving keys that
 * nobody hears of. A goodbye and a proof of death are over once the instance runs again: the same
 * pod starts anew when its machine does.
 */
export const expectedInstancesAreThere: Check = world => {
  const { members } = world.fleet
  const isThere = among(members.filter(({ standing }) => binding.includes(standing)))
  const hasBeen = among(members)
  return (platformNow(world)?.expected ?? [])
    .filter(instance => !isThere(instance))
    .map(instance => ({
      code: 'MEMBER_MISSING',
      member: instance.name,
      sentence: `${instance.name} runs and its sidecar ${hasBeen(instance) ? 'has left the fleet' : 'has never reported'}: see why it does not reach the coordinator, or leave it out of what the policy selects.`,
    }))
}

const binding: readonly Standing[] = ['joined', 'evicted']

const among = (members: readonly Member[]) => {
  const uids = new Set(members.map(({ report }) => report.pod?.uid))
  const named = new Set(members.filter(({ report }) => !report.pod).map(({ name }) => name))
  return ({ uid, name }: Instance) => uids.has(uid) || named.has(name)
}

/** What ends a silence: where the platform has forgotten the member's instance, nobody else can. */
export const remedyForSilence = (world: World, member: Member): string => {
  const view = platformNow(world)
  const isKnown = !view || [...view.expected, ...view.dead].some(one => runsIn(member, one))
  return isKnown
    ? 'bring it back, or evict it once it is known to be dead.'
    : 'the platform knows it no more, which is no proof that it ended: make sure that it did, and evict it.'
}
