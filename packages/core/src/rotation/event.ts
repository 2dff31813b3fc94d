import type { Fingerprint } from '../fingerprint.ts'
import type { Proof } from '../fleet/platform.ts'
import type { Fingerprints } from '../keyset.ts'
import type { Slot } from '../slot.ts'
import type { SettledWhy } from './attempt.ts'
import type { BlockerCode } from './blocker.ts'
import type { PhaseName, Reverting } from './phase.ts'
import type { BeginningPhase, Plan } from './plan.ts'
import type { Publication, Repair, Waiver } from './record.ts'

/** Who asked for what happened, as it was proven; in the journal, never in a decision. */
export interface Asker {
  readonly by: 'token' | 'jwt' | 'certificate'
  readonly issuer: string | null
  /** The issuer's own name for them, which never changes hands. */
  readonly subject: string
  readonly roles: readonly string[]
  /** Where the request came from. */
  readonly address: string
}

/** What the journal is made of. Everything that happened, and nothing that can be derived. */
export type JournalEvent = Happened & {
  /** Absent: nobody, it was decided; or it was asked for by other ways than the API. */
  readonly asked?: Asker | undefined
}

type Happened =
  | {
      readonly type: 'adopted'
      readonly installation: string
      readonly by: string
      /** Whether whatever stands in the vault may be overwritten, by the operator's word. */
      readonly takeOver: boolean
    }
  | {
      readonly type: 'rotation-started'
      readonly id: string
      readonly by: string
      readonly reason: string
      readonly from: Slot
      readonly before: Fingerprints
      /** Without one: `full`. */
      readonly plan?: Plan | undefined
    }
  | {
      readonly type: 'emergency-declared'
      readonly slot: Slot
      readonly by: string
      readonly reason: string
      /** The plan that turns the slot; `null`: what was sent has to be settled first. */
      readonly plan: Plan | null
    }
  /** The rotation begins anew, from the slot that is active now. */
  | { readonly type: 'replanned'; readonly from: Slot; readonly plan: Plan }
  | ({ readonly type: 'waived' } & Waiver)
  | { readonly type: 'approved'; readonly phase: BeginningPhase; readonly by: string }
  /** Everybody has acknowledged the fence, read while Azure's clock said `azureNow`. */
  | { readonly type: 'fence-acknowledged'; readonly slot: Slot; readonly azureNow: number }
  | {
      readonly type: 'consumer-acknowledged'
      readonly consumer: string
      readonly slot: Slot
      /** `hook`, or who gave their word. */
      readonly by: string
      readonly reason?: string | undefined
    }
  | { readonly type: 'phase-entered'; readonly phase: EnteredPhase }
  | {
      readonly type: 'publish-intended'
      readonly publication: Publication
      /** Why a version exists that no phase asked for. */
      readonly because?: 'reconciled' | 'repaired' | undefined
      /** Who repaired the vault while nobody turned this account. */
      readonly repair?: Repair | undefined
    }
  | { readonly type: 'published'; readonly version: number }
  | {
      readonly type: 'retire-asked' | 'retire-intended'
      readonly by: string
      readonly reason: string
    }
  /** A key is in use after all: nothing was disabled, and somebody has to ask anew. */
  | { readonly type: 'retire-dropped'; readonly because: readonly BlockerCode[] }
  | { readonly type: 'retired' }
  | {
      readonly type: 'regenerate-intended'
      readonly slot: Slot
      readonly attempt: number
      readonly epoch: number
      readonly oldFingerprint: Fingerprint
      readonly oldGenerationTime: string | null
      readonly sendBefore: number
    }
  | { readonly type: 'regenerate-accepted'; readonly attempt: number; readonly operation: string }
  | {
      readonly type: 'regenerate-settled'
      readonly attempt: number
      readonly why: SettledWhy
      /** ARM's own code and message where it refused. */
      readonly detail?: string | undefined
      /** Why it refused, where it can be told: the key was used in the last 12 hours. */
      readonly because?: 'recently-used' | undefined
    }
  | { readonly type: 'paused'; readonly by: string; readonly reason: string }
  | { readonly type: 'resumed'; readonly by: string; readonly reason: string }
  | { readonly type: 'aborted'; readonly by: string; readonly reason: string }
  | {
      readonly type: 'evicted'
      readonly member: string
      readonly by: string
      readonly reason: string
    }
  /** A member whose instance the platform has proven dead. */
  | {
      readonly type: 'died'
      readonly member: string
      readonly incarnation: string
      readonly uid: string
      readonly proof: Proof
      readonly detail: string
    }

/** A phase as the journal names it on entering: attempts come as events of their own. */
export type EnteredPhase =
  | { readonly at: Exclude<PhaseName, 'reverting'> }
  | { readonly at: 'reverting'; readonly part: Reverting['part'] }
