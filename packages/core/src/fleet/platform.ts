import { joined, type Member } from './member.ts'

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
 * with a successor.
 * @param silentMs whoever has not been heard for longer is silent
 */
export const provenDead = (
  members: readonly Member[],
  { dead }: PlatformView,
  now: number,
  silentMs: number,
): readonly Bereaved[] => {
  const deaths = new Map(dead.map(death => [death.uid, death]))
  return joined({ reachableSince: 0, members }).flatMap(member => {
    const death = deaths.get(member.report.pod?.uid ?? '')
    return death && isBelieved(member, death, now - silentMs) ? [{ member, death }] : []
  })
}

/**
 * A report that is younger than a termination can only have come late: once nothing follows, it is
 * believed. A machine that was declared dead may live, cut off from whoever declared it: believed
 * is that of whoever has not spoken since it was recorded, and has long been silent.
 */
const isBelieved = (member: Member, { proof, seenAt }: Death, since: number): boolean => {
  const isSilent = member.reportedAt < since
  if (proof === 'terminated') return member.reportedAt <= seenAt || isSilent
  return isSilent && member.declaredDead?.spokeSince === false
}

/**
 * The rows of members whose machine is said to have ended, and who were not yet known to: written
 * before it counts, so that a word of theirs is held against it whatever restarts in between.
 */
export const declaredDead = (
  members: readonly Member[],
  { dead }: PlatformView,
): readonly Member[] => {
  const uids = new Set(dead.filter(({ proof }) => proof === 'machine-ended').map(({ uid }) => uid))
  return members
    .filter(({ standing, declaredDead }) => standing === 'joined' && declaredDead === undefined)
    .filter(({ report }) => uids.has(report.pod?.uid ?? ''))
    .map(member => ({ ...member, declaredDead: { spokeSince: false } }))
}

/** Whether a member runs in the instance; by its name alone where it does not say in which. */
export const runsIn = ({ name, report }: Member, instance: Instance): boolean =>
  report.pod ? report.pod.uid === instance.uid : name === instance.name
