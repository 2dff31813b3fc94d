import type { DurableState } from '@keyturn/core'
import type { Chance, Clock } from '@keyturn/keyring'
import type { Report, ReportAnswer } from '@keyturn/protocol'
import type { LocalDesk } from './local/desk.ts'
import type { AccountRead, Credentials } from './probe/account-read.ts'
import type { Loaded } from './state/state-file.ts'

/** What remembers a member across restarts. */
export interface Disk {
  load(): Promise<Loaded>
  /** Settles once the state would survive a loss of power. @throws SidecarError STATE_UNWRITABLE */
  save(state: DurableState): Promise<void>
}

/** A stopped process still accepts, so only a refusal proves a death; all else proves nothing. */
export type Presence = 'alive' | 'dead' | 'unknown'

/** The presence sockets of clients, by the name that each gave. */
export interface PresenceSockets {
  /** Never throws. */
  check(name: string): Promise<Presence>
  /** What a dead client left behind may go. */
  forget(name: string): Promise<void>
}

/** The way to the coordinator. */
export interface CoordinatorLine {
  /** Rejects where the report was refused, or nobody answered in time. */
  report(report: Report, signal: AbortSignal): Promise<ReportAnswer>
  close(): Promise<void>
}

/** Where clients reach the desk. */
export interface Counter {
  close(): Promise<void>
}

/** All that a sidecar reaches of the world: time, chance, its disk, and whoever it talks to. */
export interface SidecarPorts {
  readonly clock: Clock
  readonly chance: Chance
  /** A name that no other process has, ever. */
  readonly newId: () => string
  /** `null`: nothing is durable, and the member says so. */
  readonly disk: Disk | null
  readonly presence: PresenceSockets
  readonly readAccount: (endpoint: string, credentials: Credentials) => Promise<AccountRead>
  /** `null`: none is configured. */
  readonly coordinator: CoordinatorLine | null
  /** @throws SidecarError SOCKET_IN_USE, SOCKET_UNUSABLE */
  readonly listen: (desk: LocalDesk) => Promise<Counter>
  /** Between two looks at how the source stands, for the log, in ms. */
  readonly sourceLookMs: number
}
