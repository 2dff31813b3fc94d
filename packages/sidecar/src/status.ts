import {
  clientLabel,
  type Held,
  type Joining,
  notServing,
  sayableAcknowledgement,
} from '@keyturn/core'
import type { SourceStatus } from '@keyturn/keyring'
import type { MemberStore } from './store.ts'

/** How a sidecar stands. Never a key. */
export interface SidecarStatus {
  readonly name: string
  /** `null`: none. */
  readonly socket: string | null
  readonly incarnation: string
  readonly joining: Joining
  /** Why applications are handed no keyset now; `null`: they are. */
  readonly notServing: string | null
  readonly held: Held | null
  /** What all clients hold and may be said to hold. */
  readonly acknowledged: Held | null
  readonly proven: readonly string[]
  readonly durable: boolean
  readonly clients: readonly {
    readonly name: string
    readonly state: 'attached' | 'lost'
    readonly version: number | null
  }[]
  readonly source: SourceStatus
}

export const statusOf = (
  name: string,
  socket: string | null,
  { state }: MemberStore,
  source: SourceStatus,
): SidecarStatus => ({
  name,
  socket,
  incarnation: state.identity.incarnation,
  joining: state.joining,
  notServing: notServing(state),
  held: state.held,
  acknowledged: sayableAcknowledgement(state),
  proven: state.proven,
  durable: state.stored !== null,
  clients: state.clients.map(client => ({
    name: clientLabel(client),
    state: client.state,
    version: client.sample?.held?.version ?? null,
  })),
  source,
})
