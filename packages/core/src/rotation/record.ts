import type { Fingerprints } from '../keyset.ts'
import type { Slot } from '../slot.ts'
import type { BlockerCode } from './blocker.ts'
import type { Phase, PhaseName } from './phase.ts'
import type { BeginningPhase, Plan } from './plan.ts'

/** A keyset without its keys: what one version of the vault's secret says. */
export interface Publication {
  readonly version: number
  readonly active: Slot
  readonly fenced: readonly Slot[]
  readonly fingerprints: Fingerprints
}

/** An operator's word for a keyset that was written while the coordinator was away. */
export interface Repair {
  readonly by: string
  readonly reason: string
}

export type Published = Publication & {
  readonly confirmed: boolean
  readonly at: number
  /**
   * The version since which each slot's key has been this one, and open to all: whoever holds that
   * version or a later one can sign with it. Absent: a snapshot that does not say.
   */
  readonly openSince?: Readonly<Record<Slot, number>>
}

/** What the journal holds of an account: the fold of its events. */
export interface AccountRecord {
  /** Who writes this account's keysets; `null` until it is adopted. */
  readonly installation: string | null
  /** Whether somebody else's keyset may be overwritten, until our first version stands there. */
  readonly takesOver: boolean
  /** The newest version that was journalled, with whether it was read back as the latest (P7). */
  readonly published: Published | null
  /** The newest version that was read back; `0`: none yet. */
  readonly readBack: number
  /** The running rotation, or the last one. */
  readonly rotation: Rotation | null
  /** On the road to no keys at all: asked twice, then done. */
  readonly retirement: Retirement | null
}

export interface Retirement {
  readonly is: 'asked' | 'intended' | 'done'
  readonly by: string
  readonly reason: string
  /** Observed time of the last word or deed. */
  readonly at: number
}

export interface Rotation {
  readonly id: string
  readonly startedAt: number
  readonly startedBy: string
  readonly reason: string
  /** The slot that was active when it began: the way back. */
  readonly from: Slot
  readonly before: Fingerprints
  readonly phase: Phase
  readonly phaseSince: number
  readonly paused: { readonly by: string; readonly reason: string } | null
  readonly aborted: { readonly by: string; readonly reason: string } | null
  /** Each phase entered so far, with when. */
  readonly entered: readonly { readonly name: PhaseName; readonly at: number }[]
  readonly plan: Plan
  /** How often it has been planned; absent: once. */
  readonly plans?: number
  /** A key that is known to have leaked (PROTOCOL, P5). */
  readonly emergency: Emergency | null
  readonly waivers: readonly Waiver[]
  readonly approvals: readonly { readonly phase: BeginningPhase; readonly by: string }[]
  /**
   * Azure's own clock, in ms since 1970, when every member had acknowledged the present fence and
   * drained; `null`: not yet, or nobody asks.
   */
  readonly fenceAcknowledged: number | null
  /** Declared consumers that no longer use a slot. */
  readonly moved: readonly { readonly consumer: string; readonly slot: Slot }[]
}

export interface Emergency {
  readonly slot: Slot
  readonly by: string
  readonly reason: string
  /** Whether the plan turns that slot; if not, it is made anew once what was sent is settled. */
  readonly planned: boolean
}

/** One blocker that somebody has taken upon themselves, for one slot of one rotation. */
export type Waiver = {
  readonly code: BlockerCode
  /** The slot that was about to go when it was waived. */
  readonly slot: Slot
  readonly member?: string | undefined
  /** Of the member; without it, all of its clients are meant. */
  readonly client?: string | undefined
  readonly consumer?: string | undefined
  readonly by: string
  readonly reason: string
}

/** From which version on everybody can sign with the slot's key; unknown: from the newest. */
export const openSince = ({ openSince, version }: Published, slot: Slot): number =>
  openSince?.[slot] ?? version

export const emptyRecord: AccountRecord = {
  installation: null,
  takesOver: false,
  published: null,
  readBack: 0,
  rotation: null,
  retirement: null,
}
