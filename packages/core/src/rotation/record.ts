import type { Fingerprints } from '../keyset.ts'
import type { Slot } from '../slot.ts'
import type { Phase, PhaseName } from './phase.ts'

/** A keyset without its keys: what one version of the vault's secret says. */
export interface Publication {
  readonly version: number
  readonly active: Slot
  readonly fenced: readonly Slot[]
  readonly fingerprints: Fingerprints
}

/** What the journal holds of an account: the fold of its events. */
export interface AccountRecord {
  /** Who writes this account's keysets; `null` until it is adopted. */
  readonly installation: string | null
  /** Whether somebody else's keyset may be overwritten, until our first version stands there. */
  readonly takesOver: boolean
  /** The newest version that was journalled, with whether it was read back as the latest (P7). */
  readonly published: (Publication & { readonly confirmed: boolean; readonly at: number }) | null
  /** The newest version that was read back; `0`: none yet. */
  readonly readBack: number
  /** The running rotation, or the last one. */
  readonly rotation: Rotation | null
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
}

export const emptyRecord: AccountRecord = {
  installation: null,
  takesOver: false,
  published: null,
  readBack: 0,
  rotation: null,
}
