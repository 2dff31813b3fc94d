import type { AccountStatus, MemberStatus } from '@keyturn/protocol'

type Blockers = AccountStatus['blockers']

/** A member with what is wrong with it, by the codes of the blockers that name it. */
export interface Troubled {
  readonly member: MemberStatus
  readonly codes: readonly string[]
}

/**
 * The fleet, those in trouble first: most blockers, then clients that are lost, then whoever is
 * behind, then whoever has been silent for longest. Who has left comes last.
 */
export const byTrouble = ({
  members,
  blockers,
  published,
}: Pick<AccountStatus, 'members' | 'blockers' | 'published'>): readonly Troubled[] => {
  const worth = ({ member, codes }: Troubled): readonly number[] => [
    member.standing === 'joined' ? 1 : 0,
    codes.length,
    member.clients.lost.length,
    (published?.version ?? 0) - (member.acknowledged?.version ?? -1),
    // By whole seconds: a list that dances tells nobody anything.
    member.reportedMsAgo > 10_000 ? Math.round(member.reportedMsAgo / 1_000) : 0,
  ]
  return members
    .map(member => ({ member, codes: codesOf(member, blockers) }))
    .sort((a, b) => {
      const other = worth(b)
      const different = worth(a)
        .map((value, index) => (other[index] ?? 0) - value)
        .find(difference => difference !== 0)
      return different ?? a.member.name.localeCompare(b.member.name, 'en', { numeric: true })
    })
}

const codesOf = ({ name, standing }: MemberStatus, blockers: Blockers): readonly string[] =>
  standing === 'joined'
    ? [...new Set(blockers.filter(({ member }) => member === name).map(({ code }) => code))]
    : []
