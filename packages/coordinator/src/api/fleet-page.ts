import type { Member } from '@keyturn/core'
import type { FleetAnswer } from '@keyturn/protocol'
import type { AccountState } from '../loop/account-parts.ts'
import { progressOf } from './progress.ts'
import { memberStatusOf } from './status.ts'

interface Page {
  readonly after?: string | undefined
  readonly limit: number
  readonly member?: string | undefined
}

/** One page of the fleet, in the order of names; whoever joins meanwhile stands in its place. */
export const fleetPage = (state: AccountState, { after, limit, member }: Page): FleetAnswer => {
  const rows = state.fleet.members
    .filter(({ name }) => member === undefined || name === member)
    .map(row => ({ row, place: placeOf(row) }))
    .filter(({ place }) => after === undefined || place > after)
    .sort((a, b) => (a.place < b.place ? -1 : 1))
  const page = rows.slice(0, limit)
  return {
    progress: progressOf(state),
    members: page.map(({ row }) => memberStatusOf(row, state.now)),
    next: rows.length > limit ? (page.at(-1)?.place ?? null) : null,
  }
}

/** A space stands before every character that a name may have. */
const placeOf = ({ name, incarnation }: Member): string => `${name} ${incarnation}`
