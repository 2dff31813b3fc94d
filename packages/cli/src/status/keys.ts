import type { AccountStatus, MemberStatus } from '@keyturn/protocol'
import { grouped, spoken } from '../view/words.ts'

type Published = NonNullable<AccountStatus['published']>

export const keyHeads = ['key', 'fingerprint', 'stands', 'signs at', 'in flight', 'last used']

/** A key that was used within it is still in somebody's hands, in flight at this moment or not. */
const recentMs = 300_000

/**
 * Each key of the account, those that the last rotation replaced, and any other that somebody signs
 * with or has used of late. A process remembers every key that it ever held: of most of them there
 * is no more to say.
 */
export const keyRows = (
  published: Published,
  members: readonly MemberStatus[],
  before?: Readonly<Record<'primary' | 'secondary', string>>,
) => {
  const { fingerprints, active, fenced } = published
  const rows = (['primary', 'secondary'] as const).map(slot => {
    const stands = [
      slot === active ? 'active' : 'standby',
      ...(fenced.includes(slot) ? ['fenced'] : []),
    ]
    return row(slot, fingerprints[slot], stands.join(', '), members)
  })
  const known: readonly string[] = Object.values(fingerprints)
  const replaced: readonly string[] = Object.values(before ?? {})
  const inHand = members.flatMap(member => {
    const used = member.usage.filter(
      ({ fingerprint, inFlight, idleMs }) =>
        inFlight > 0 || (idleMs !== null && idleMs < recentMs) || replaced.includes(fingerprint),
    )
    return [signsWith(member), ...used.map(({ fingerprint }): string => fingerprint)]
  })
  const others = new Set(inHand.filter(each => each !== null && !known.includes(each)))
  return [...rows, ...[...others].map(each => row('', String(each), 'replaced', members))]
}

const row = (
  slot: string,
  fingerprint: string,
  stands: string,
  members: readonly MemberStatus[],
): readonly string[] => {
  const signing = members.filter(member => signsWith(member) === fingerprint).length
  const usages = members.flatMap(({ usage }) =>
    usage.filter(each => each.fingerprint === fingerprint),
  )
  const inFlight = usages.reduce((sum, usage) => sum + usage.inFlight, 0)
  const idle = usages.flatMap(({ idleMs }) => (idleMs === null ? [] : [idleMs]))
  const used = idle.length === 0 ? 'never' : `${spoken(Math.min(...idle))} ago`
  const at = members.length === 0 ? '–' : `${signing} of ${grouped(members.length)}`
  return [slot, fingerprint, stands, at, grouped(inFlight), inFlight > 0 ? 'now' : used]
}

/** The key that every client of the member signs with; `null`: not known. */
export const signsWith = ({ acknowledged }: MemberStatus): string | null =>
  acknowledged === null ? null : acknowledged.fingerprints[acknowledged.active]
