import type { Slot } from '../slot.ts'
import type { Blocker } from './blocker.ts'
import type { EnteredPhase, JournalEvent } from './event.ts'
import type { Publication } from './record.ts'

/** The one effect of a turn, applied after its events are in the journal. */
export type Effect =
  | { readonly do: 'publish'; readonly publication: Publication }
  | {
      readonly do: 'regenerate'
      readonly slot: Slot
      readonly attempt: number
      /** The POST is aborted after this many milliseconds, and never re-sent by itself. */
      readonly withinMs: number
      /** Whether Azure's own check of the key's last use is bypassed: ours has passed. */
      readonly skipUsageCheck?: true
    }

/** An effect that touches neither keys nor keysets. */
export type OutsideEffect =
  /** Starts a consumer's hook, which goes on by itself: what comes of it is seen by looking. */
  | {
      readonly do: 'run-hook'
      readonly rotation: string
      readonly consumer: string
      readonly slot: Slot
    }
  /** Ends key authentication for the whole account; repeated until ARM shows it. */
  | { readonly do: 'disable-local-auth' }

export type Decision =
  | { readonly kind: 'wait'; readonly blockers: readonly Blocker[] }
  | {
      readonly kind: 'act'
      readonly events: readonly JournalEvent[]
      readonly effect: Effect | null
      /** In place of an effect, never beside one. */
      readonly outside?: OutsideEffect
    }

export const wait = (blockers: readonly Blocker[]): Decision => ({ kind: 'wait', blockers })

export const act = (events: readonly JournalEvent[], effect: Effect | null = null): Decision => ({
  kind: 'act',
  events,
  effect,
})

export const actOutside = (outside: OutsideEffect): Decision => ({
  kind: 'act',
  events: [],
  effect: null,
  outside,
})

export const entering = (phase: EnteredPhase): JournalEvent => ({ type: 'phase-entered', phase })
