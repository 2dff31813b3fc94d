import { memoised } from '../memoised.ts'
import type { ClientIdentity } from './clients.ts'
import type { Identity } from './identity.ts'
import { type Held, sameHeld } from './sample.ts'
import {
  acknowledgedNow,
  type DurableState,
  isBelowFloor,
  type MemberState,
  sameSubject,
} from './state.ts'

/** What ought to stand on the disk for this state. */
export const toStore = (state: MemberState): DurableState => ({
  identity: state.identity,
  subject: state.subject,
  clients: state.clients.map(({ id, name, pid, presence }) => ({ id, name, pid, presence })),
  acknowledged: state.acknowledged,
  floor: state.floor,
})

const sameIdentity = (a: Identity, b: Identity): boolean =>
  a.incarnation === b.incarnation && a.confirmed === b.confirmed && a.starts === b.starts

const sameClients = (a: readonly ClientIdentity[], b: readonly ClientIdentity[]): boolean =>
  a.length === b.length && a.every((client, index) => client.id === b[index]?.id)

/** Whether the disk is behind: the next write is due. */
export const storeIsDue = (state: MemberState): boolean => {
  const { stored } = state
  if (stored === null) return false
  return !(
    sameIdentity(stored.identity, state.identity) &&
    sameClients(stored.clients, state.clients) &&
    sameHeld(stored.acknowledged, state.acknowledged) &&
    stored.floor === state.floor &&
    (stored.subject === state.subject ||
      (stored.subject !== null &&
        state.subject !== null &&
        sameSubject(stored.subject, state.subject)))
  )
}

/** Nothing is said to the coordinator under an identity that a restart would not know. */
export const mayReport = ({ stored, identity }: MemberState): boolean =>
  stored === null ||
  (stored.identity.incarnation === identity.incarnation &&
    stored.identity.starts === identity.starts)

/**
 * The acknowledgement that may be said now: a version is on the disk before it is acknowledged,
 * so that a restart serves nothing older (PROTOCOL, P11).
 */
export const sayableAcknowledgement = (state: MemberState): Held | null => {
  const said = acknowledgedNow(state)
  if (said === null || state.stored === null) return said
  return sameHeld(state.stored.acknowledged, said) ? said : null
}

/** Why a client gets no keyset now. */
export type ServingRefusal =
  | 'CLIENT_UNKNOWN'
  | 'CLIENT_NOT_RECORDED'
  | 'NO_KEYSET'
  | 'NOT_JOINED'
  | 'BELOW_FLOOR'

/** Why nobody gets a keyset now; `null`: it may be served. */
export const notServing = (
  state: MemberState,
): Exclude<ServingRefusal, 'CLIENT_UNKNOWN' | 'CLIENT_NOT_RECORDED'> | null => {
  if (state.held === null) return 'NO_KEYSET'
  if (state.joining === 'joining') return 'NOT_JOINED'
  return isBelowFloor(state) ? 'BELOW_FLOOR' : null
}

const idsOnDisk = memoised(
  ({ clients }: DurableState): ReadonlySet<string> => new Set(clients.map(({ id }) => id)),
)

/** Whether a restart would remember a client. */
export const isOnDisk = (stored: DurableState | null, id: string): boolean =>
  stored !== null && idsOnDisk(stored).has(id)

/** Whether a client may be handed the held keyset: attached, and on the disk before it. */
export const refusalFor = (state: MemberState, id: string): ServingRefusal | null => {
  const client = state.clients.find(one => one.id === id)
  if (client === undefined) return 'CLIENT_UNKNOWN'
  if (state.stored !== null && !isOnDisk(state.stored, id)) return 'CLIENT_NOT_RECORDED'
  return notServing(state)
}
