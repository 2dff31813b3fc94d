import type { BlockerCode } from '@keyturn/core'
import type { AccountStatus } from '@keyturn/protocol'
import { listed } from '../view/words.ts'
import { remedyOf } from './remedy.ts'

export type Blocker = AccountStatus['blockers'][number]

/** Blockers of one code: a fleet may give hundreds, and a person reads one. */
export interface BlockerGroup {
  readonly code: BlockerCode
  readonly count: number
  /** Whom it is about; empty where it is about nobody. */
  readonly subjects: readonly string[]
  /** The first one's. */
  readonly sentence: string
  /** The first one's command, where one helps. */
  readonly remedy: string | null
}

export const groupsOf = (
  blockers: readonly Blocker[],
  account?: string,
): readonly BlockerGroup[] => {
  const codes = [...new Set(blockers.map(({ code }) => code))]
  return codes.flatMap(code => {
    const own = blockers.filter(blocker => blocker.code === code)
    const [first] = own
    if (!first) return []
    const subjects = own.flatMap(blocker => subjectOf(blocker) ?? [])
    const { sentence } = first
    return [{ code, count: own.length, subjects, sentence, remedy: remedyOf(code, first, account) }]
  })
}

export const subjectOf = ({ member, client, consumer }: Blocker): string | null => {
  if (client !== undefined) return `${client} of ${member ?? 'a member'}`
  return member ?? consumer ?? null
}

/** `KEYSET_BEHIND  orders-1, orders-2, orders-3 and 140 more` */
export const headOf = ({ code, subjects }: BlockerGroup): string =>
  subjects.length === 0 ? code : `${code}  ${listed(subjects)}`
