import type { Fleet, Member } from './member.ts'

/** What a platform runs, a pod or a machine: only the uid tells one life of a name from the next. */
export interface Instance {
  readonly name: string
  readonly uid: string
}

/**
 * `terminated`: whoever ran its processes says that all of them have ended. `machine-ended`: its
 * machine is said to be off or gone, which nobody who was on it can confirm.
 */
export type Proof = 'terminated' | 'machine-ended'

export interface Death extends Instance {
  readonly proof: Proof
  /** What was seen, in a few words. */
  readonly detail: string
  /** Observed time at which it was first seen. */
  readonly seenAt: number
}

/** What the platform says of a fleet. What it does not name is no death, and no proof of one. */
export interface PlatformView {
  /** Observed time up to which it is known to have said all that it knows; `null`: it never did. */
  readonly at: number | null
  /** Whoever runs, and so may hold a key. */
  readonly expected: readonly Instance[]
  readonly dead: readonly Death[]
  /** Why it cannot be heard, where it cannot. */
  readonly error: string | null
}

export interface Bereaved {
  readonly member: Member
  readonly death: Death
}

/**
 * Members that run in an instance that is proven dead (PROTOCOL, P13). Never by name: it returns
 * with a successor. Whoever is said to run as well is not proven dead.
 *
 * A report that is younger than a termination can only have come late: once nothing follows, it is
 * believed. A machine that was declared dead may live, cut off from whoever declared it: believed
 * is that of which nobody has spoken since it was recorded, and nobody has for long.
 * @param silentMs whoever has not been heard for longer, though there was a coordinator, is silent
 */
export const provenDead = (
  { members, reachableSince }: Fleet,
  { expected, dead }: Pick<PlatformView, 'expected' | 'dead'>,
  now: number,
  silentMs: number,
): readonly Bereaved[] => {
  const isSilent = ({ reportedAt }: Member): boolean =>
    Math.max(reportedAt, reachableSince) < now - silentMs
  const deaths = new Map<string | undefined, Death>(dead.map(death => [death.uid, death]))
  for (const { uid } of expected) deaths.delete(uid)
  const speaks = (one: Member): boolean => !isSilent(one) || one.declaredDead?.spokeSince !== false
  const heard = uidsOf(members.filter(speaks))
  return members.flatMap(member => {
    const uid = uidOf(member)
    const death = deaths.get(uid)
    if (!death || member.standing !== 'joined') return []
    const isBelieved =
      death.proof === 'terminated'
        ? member.reportedAt <= death.seenAt || isSilent(member)
        : !heard.has(uid)
    return isBelieved ? [{ member, death }] : []
  })
}

const uidOf = ({ report }: Member): string | undefined => report.pod?.uid

const uidsOf = (members: readonly Member[]): ReadonlySet<string | undefined> =>
  new Set(members.map(uidOf))

/**
 * The rows of members whose machine is said to have ended, and who were not yet known to: written
 * before it counts, so that a word of theirs is held against it whatever restarts in between. Of
 * whoever came later to an instance that was known to, the first word was one already.
 */
export const declaredDead = (
  members: readonly Member[],
  { dead }: PlatformView,
): readonly Member[] => {
  const ended = dead.filter(({ proof }) => proof === 'machine-ended')
  if (ended.length === 0) return []
  const deaths = new Map<string | undefined, Death>(ended.map(death => [death.uid, death]))
  const known = uidsOf(members.filter(({ declaredDead }) => declaredDead))
  return members.flatMap(member => {
    const death = deaths.get(uidOf(member))
    if (!death || member.declaredDead) return []
    const spokeSince = known.has(death.uid) || member.reportedAt > death.seenAt
    return [{ ...member, declaredDead: { spokeSince } }]
  })
}

/** Whether a member runs in the instance; by its name alone where it does not say in which. */
export const runsIn = ({ name, report }: Member, instance: Instance): boolean =>
  report.pod ? report.pod.uid === instance.uid : name === instance.name
