import type { DurableState } from '@keyturn/core'
import type { Report, ReportAnswer } from '@keyturn/protocol'
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
