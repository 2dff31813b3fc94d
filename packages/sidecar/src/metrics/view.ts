import type { MemberState } from '@keyturn/core'
import type { SourceStatus } from '@keyturn/keyring'
import type { Tally } from './tally.ts'

/** What metrics are made of, read when somebody asks. Fingerprints, never a key. */
export interface View {
  readonly state: () => MemberState
  readonly source: () => SourceStatus
  readonly tally: Tally
  /** Each rendered file: whether it shows what is held, and whether its consumer has loaded that. */
  readonly rendered: () => readonly {
    readonly consumer: string
    readonly isCurrent: boolean
    readonly isAcknowledged: boolean
  }[]
  /** Since the coordinator last answered a report, in ms; `null`: it never did, or there is none. */
  readonly reportLagMs: () => number | null
}
