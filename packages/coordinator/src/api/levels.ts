import type { AccountEvents, Blocked } from '@keyturn/protocol'
import type { Account } from '../loop/account.ts'
import type { AccountState } from '../loop/account-parts.ts'
import { progressOf } from './progress.ts'
import { summaryOf } from './status.ts'

type Level = Exclude<keyof AccountEvents, 'journal'>

export interface Said {
  readonly is: Level
  /** What is sent. */
  readonly text: string
  /** What has to differ for it to be sent again: time that merely passes is no news. */
  readonly essence: string
}

const shownMax = 100

/** How things are with an account now. */
export const levelsOf = (account: Account): readonly Said[] => {
  const { state } = account
  const status = summaryOf(account, state)
  const blocked = blockedOf(state)
  const lasting = blocked.blockers.map(({ passesInMs: _, ...rest }) => rest)
  const phases = status.rotation?.phases.map(({ name }) => name)
  return [
    said('status', status, { ...status, rotation: { ...status.rotation, phases } }),
    said('blockers', blocked, { ...blocked, blockers: lasting }),
    said('progress', progressOf(state)),
  ]
}

export const blockedOf = ({ blockers }: Pick<AccountState, 'blockers'>): Blocked => ({
  count: blockers.length,
  blockers: blockers.slice(0, shownMax),
})

const said = <L extends Level>(is: L, data: AccountEvents[L], essence: unknown = data): Said => ({
  is,
  text: JSON.stringify(data),
  essence: JSON.stringify(essence),
})
