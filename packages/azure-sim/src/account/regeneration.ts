import type { Chance } from '../chance.ts'
import type { RegenerationKnobs } from '../weather/propagation.ts'
import { type Accepted, type Operation, planOperation } from './operation.ts'
import type { KeyKind } from './types.ts'

export { type OperationStatus, statusAt } from './operation.ts'

/** The regeneration of one key. */
export interface Regeneration extends Operation {
  readonly kind: KeyKind
  /** When `listKeys` begins to show the new value. */
  readonly shownAt: number
  /** As they were at acceptance: turning a knob does not rewrite an operation under way. */
  readonly knobs: Readonly<RegenerationKnobs>
}

/** A pure function of the seed, the operation's ordinal and the knobs. */
export function planRegeneration(
  chance: Chance,
  accepted: Accepted,
  kind: KeyKind,
  knobs: RegenerationKnobs,
): Regeneration {
  const operation = planOperation(chance, accepted, knobs)
  const { acceptedAt, endsAt } = operation
  const shownAt = knobs.keysShown === 'acceptance' ? acceptedAt : endsAt
  return { ...operation, kind, shownAt, knobs: { ...knobs } }
}
