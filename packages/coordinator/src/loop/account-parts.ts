import type { AccountRecord, Blocker, EvidenceView, Fleet, Pair, Policy } from '@keyturn/core'
import type { Logger } from 'pino'
import type {
  Arm,
  Calendar,
  Evidence,
  Hooks,
  LocalAuth,
  Platform,
  Prober,
  Store,
  Vault,
} from '../ports.ts'
import type { Clock } from './stopwatch.ts'

export interface AccountOptions {
  /** What operators call it. */
  readonly name: string
  /** ARM resource id. */
  readonly account: string
  /** What clients are given. */
  readonly endpoint: string
  readonly policy: Policy
  /** Which pair of the account's keys; `readWrite` where absent. */
  readonly pair?: Pair
}

export interface AccountPorts {
  readonly store: Store
  readonly arm: Arm
  readonly vault: Vault
  readonly prober: Prober
  readonly log: Logger
  /** Absent where the policy asks for none. */
  readonly evidence?: Evidence | undefined
  readonly hooks?: Hooks | undefined
  readonly localAuth?: LocalAuth | undefined
  readonly calendar?: Calendar | undefined
  /** Absent where the policy relies on none. */
  readonly platform?: Platform | undefined
  /** What says how long ago a decision was made: each of them (see `stopwatch`). */
  readonly clocks: readonly Clock[]
}

export interface AccountState {
  readonly record: AccountRecord
  readonly fleet: Fleet
  readonly now: number
  readonly blockers: readonly Blocker[]
  /** The last look at Azure's evidence of this process; `null`: none. */
  readonly evidence: EvidenceView | null
}
