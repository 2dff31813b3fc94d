import type { Fingerprint } from '../fingerprint.ts'
import type { Fleet } from '../fleet/member.ts'
import type { PlatformView } from '../fleet/platform.ts'
import type { Fingerprints } from '../keyset.ts'
import type { Slot } from '../slot.ts'
import type { Policy } from './policy.ts'
import type { AccountRecord, Publication, Repair } from './record.ts'

/** Everything that a decision may look at. No clock, no chance: they are values in here. */
export interface World {
  /**
   * Observed time in ms: the store's clock, counted turn by turn and capped each turn, so that
   * a clock that jumps ends no span (PROTOCOL, P18). Grows only.
   */
  readonly now: number
  /** The leader's; grows with each leader. */
  readonly epoch: number
  readonly record: AccountRecord
  readonly policy: Policy
  readonly fleet: Fleet
  /** Who is expected and who is dead; absent: no platform is asked. */
  readonly platform?: PlatformView
  /** The last look at ARM; `null`: none since this process started. */
  readonly arm: ArmView | null
  /** Why the last look at ARM failed, where none has succeeded yet. */
  readonly armError?: string | null
  /** The last look at the vault; `null`: none since this process started. */
  readonly vault: VaultView | null
  readonly probes: readonly ProbeView[]
  /** The last look at Azure's evidence; absent or `null`: none, which is no evidence. */
  readonly evidence?: EvidenceView | null
  /** What consumers' hooks have come to in this process. */
  readonly hooks?: readonly HookView[]
  /** Where the policy keeps windows or a schedule; absent: not known, which is outside. */
  readonly calendar?: CalendarView
}

/** What Azure says of each key's last use, on Azure's clock: milliseconds since 1970. */
export interface EvidenceView {
  /** Observed time of the look. */
  readonly at: number
  readonly fresh: boolean
  readonly azureNow: number
  /** `null`: no recorded use. */
  readonly lastUse: Readonly<Record<Slot, number | null>>
  /** Of any key of the account, the other pair's as well; absent: not known. */
  readonly lastUseOfAny?: number | null
  readonly error: string | null
}

export interface HookView {
  readonly rotation: string
  readonly consumer: string
  readonly slot: Slot
  readonly is: 'running' | 'succeeded' | 'failed'
  /** Observed time at which it began, or ended. */
  readonly at: number
  readonly detail: string | null
}

/** Plain values: who knows calendars and time zones works them out. Instants are observed time. */
export interface CalendarView {
  readonly insideWindow: boolean
  /** `null`: never. */
  readonly windowOpensAt: number | null
  /** When the schedule asks for the next rotation; `null`: it does not. */
  readonly dueAt: number | null
}

export interface ArmView {
  /** Observed time of the look. */
  readonly at: number
  /** Whether this turn looked; gates before an intent ask for it (P2). */
  readonly fresh: boolean
  /** Whether ARM says that nothing is being done to the account. */
  readonly idle: boolean
  readonly fingerprints: Fingerprints
  readonly generationTimes: Readonly<Record<Slot, string | null>>
  /** The operation that the journal names, where one runs. */
  readonly operation: OperationView | null
  /** Whether the account refuses every key (`disableLocalAuth`); absent: not known. */
  readonly localAuthDisabled?: boolean
  /** Why the look failed; what else stands here is then from the last one that did not. */
  readonly error: string | null
}

export interface OperationView {
  readonly operation: string
  readonly status: 'running' | 'succeeded' | 'failed' | 'forgotten'
}

/** What a keyset in the vault says, without its keys. */
export type Latest = Publication & {
  readonly installation: string | null
  /** Written by an operator in the coordinator's absence; absent: by a coordinator. */
  readonly repaired?: Repair | undefined
}

export interface VaultView {
  readonly at: number
  readonly fresh: boolean
  /** What the latest version says; `null`: there is no secret. */
  readonly latest: Latest | null
  /** Whether what stands there is no keyset of this account. */
  readonly foreign: boolean
  readonly error: string | null
}

/** What the coordinator's own probes of one key have found, by region. */
export interface ProbeView {
  readonly fingerprint: Fingerprint
  readonly regions: readonly RegionProbe[]
}

export interface RegionProbe {
  readonly region: string
  /** Accepted in a row, ending with the last probe; 0 after a refusal. */
  readonly accepted: number
  /** Observed time of the first of them. */
  readonly since: number
  /** Observed time of the last probe. */
  readonly at: number
  /** Whether the last probe was made in this turn. */
  readonly fresh: boolean
  /** What the last one that was not accepted met. */
  readonly failure: string | null
}
