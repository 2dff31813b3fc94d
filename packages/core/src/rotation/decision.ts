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
    }

export type Decision =
  | { readonly kind: 'wait'; readonly blockers: readonly Blocker[] }
  | {
      readonly kind: 'act'
      readonly events: readonly JournalEvent[]
      readonly effect: Effect | null
    }

export const wait = (blockers: readonly Blocker[]): Decision => ({ kind: 'wait', blockers })

export const act = (events: readonly JournalEvent[], effect: Effect | null = null): Decision => ({
  kind: 'act',
  events,
  effect,
})

export const entering = (phase: EnteredPhase): JournalEvent => ({ type: 'phase-entered', phase })
