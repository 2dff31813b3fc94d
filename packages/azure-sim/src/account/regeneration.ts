import { type Chance, within } from '../chance.ts'
import { operationDuration, type RegenerationKnobs } from '../weather/propagation.ts'
import type { KeyKind } from './types.ts'

export type OperationStatus = 'Enqueued' | 'Dequeued' | 'Succeeded' | 'Failed'

/** One regeneration, decided in whole when it is accepted; its state is a function of the time. */
export interface Regeneration {
  readonly id: string
  /** Counts from 1 over the account's life. */
  readonly ordinal: number
  readonly kind: KeyKind
  readonly acceptedAt: number
  readonly dequeuedAt: number
  readonly endsAt: number
  readonly ends: 'Succeeded' | 'Failed'
  /** Whether the key changes. A failed operation may have changed it. */
  readonly takesEffect: boolean
  /** When `listKeys` begins to show the new value. */
  readonly shownAt: number
  /** As they were at acceptance: turning a knob does not rewrite an operation under way. */
  readonly knobs: Readonly<RegenerationKnobs>
}

export interface RegenerationRequest {
  readonly id: string
  readonly ordinal: number
  readonly kind: KeyKind
  readonly acceptedAt: number
}

/** A pure function of the seed, the operation's ordinal and the knobs. */
export function planRegeneration(
  chance: Chance,
  request: RegenerationRequest,
  knobs: RegenerationKnobs,
): Regeneration {
  const { ordinal, acceptedAt } = request
  const draw = (what: string) => chance('operation', ordinal, what)
  const durationMs = operationDuration(chance, ordinal, knobs)
  const endsAt = acceptedAt + durationMs
  const fails = draw('fails') < knobs.failRate
  const effect =
    knobs.failedEffect === 'either' ? draw('effect') < 0.5 : knobs.failedEffect === 'done'
  return {
    ...request,
    // The recorded operation was dequeued before the first poll, 30 s into 92 s.
    dequeuedAt: acceptedAt + within([0, Math.floor(durationMs / 3)], draw('dequeued')),
    endsAt,
    ends: fails ? 'Failed' : 'Succeeded',
    takesEffect: !fails || effect,
    shownAt: knobs.keysShown === 'acceptance' ? acceptedAt : endsAt,
    knobs: { ...knobs },
  }
}

export function statusAt(operation: Regeneration, now: number): OperationStatus {
  if (now >= operation.endsAt) return operation.ends
  return now >= operation.dequeuedAt ? 'Dequeued' : 'Enqueued'
}
