import type { Slot } from '../slot.ts'
import type { Blocker, BlockerCode } from './blocker.ts'
import type { JournalEvent } from './event.ts'
import type { BeginningPhase } from './plan.ts'

/** What operators may ask. A verb refuses rather than obeys; whatever it does is journalled. */
export type Verb =
  | {
      readonly verb: 'adopt'
      readonly by: string
      /** The id under which this journal writes keysets from now on. */
      readonly installation: string
      /** Whether a keyset that another installation wrote may be taken over. */
      readonly takeOver: boolean
    }
  | Rotate
  | { readonly verb: 'pause' | 'resume' | 'abort'; readonly by: string; readonly reason: string }
  | {
      readonly verb: 'evict'
      readonly by: string
      readonly reason: string
      readonly member: string
    }
  | {
      readonly verb: 'approve'
      readonly by: string
      /** Without one: the first that the policy asks for and nobody has approved. */
      readonly phase?: BeginningPhase | undefined
    }
  | Waive
  | {
      readonly verb: 'retire'
      readonly by: string
      readonly reason: string
      /** The second word. */
      readonly confirm: boolean
    }
  | {
      readonly verb: 'acknowledge'
      readonly by: string
      readonly reason: string
      /** A declared consumer, which uses the key no more that is about to go. */
      readonly consumer: string
    }

export interface Rotate {
  readonly verb: 'rotate'
  readonly by: string
  readonly reason: string
  readonly id: string
  /** The only slot to turn; without one, both are. */
  readonly slot?: Slot | undefined
  /** Whether that slot's key has leaked (PROTOCOL, P5). */
  readonly emergency?: boolean | undefined
}

export interface Waive {
  readonly verb: 'waive'
  readonly by: string
  readonly reason: string
  readonly code: BlockerCode
  readonly member?: string | undefined
  readonly client?: string | undefined
  readonly consumer?: string | undefined
}

export type Answer =
  | { readonly done: true; readonly events: readonly JournalEvent[] }
  | { readonly done: false; readonly blockers: readonly Blocker[] }

export const refuse = (code: BlockerCode, sentence: string): Answer => ({
  done: false,
  blockers: [{ code, sentence }],
})
