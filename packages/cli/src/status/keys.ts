import type { AccountStatus, MemberStatus } from '@keyturn/protocol'
import { grouped, spoken } from '../view/words.ts'

type Published = NonNullable<AccountStatus['published']>

export const keyHeads = ['key', 'fingerprint', 'stands', 'signs at', 'in flight', 'last used']

/** Each key of the account, and those that were replaced and are still in somebody's hands. */
export const keyRows = (published: Published, members: readonly MemberStatus[]) => {
  const { fingerprints, active, fenced } = published
  const rows = (['primary', 'secondary'] as const).map(slot => {
    const stands = [
      slot === active ? 'active' : 'standby',
      ...(fenced.includes(slot) ? ['fenced'] : []),
    ]
    return row(slot, fingerprints[slot], stands.join(', '), members)
  })
  const known: readonly string[] = Object.values(fingerprints)
  const others = new Set(
    members
      .flatMap(({ usage }) => usage.map(({ fingerprint }) => fingerprint as string))
      .filter(fingerprint => !known.includes(fingerprint)),
  )
  return [...rows, ...[...others].map(each => row('', each, 'replaced', members))]
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
