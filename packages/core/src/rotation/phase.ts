import type { Attempt } from './attempt.ts'

/**
 * A full turn, one phase after the other. Each phase carries only its own data.
 * Instants are observed time (see `World.now`).
 */
export type Phase =
  | { readonly at: 'preflight' }
  | { readonly at: 'fencing-standby' }
  | { readonly at: 'regenerating-standby'; readonly attempts: readonly Attempt[] }
  | { readonly at: 'probing-standby' }
  | { readonly at: 'publishing-standby' }
  | { readonly at: 'switching' }
  | { readonly at: 'baking' }
  | { readonly at: 'fencing-former' }
  | { readonly at: 'regenerating-former'; readonly attempts: readonly Attempt[] }
  | { readonly at: 'probing-former' }
  | { readonly at: 'publishing-former' }
  | { readonly at: 'completed' }
  | Reverting
  | { readonly at: 'reverted' }

/** Back to the slot that was active: first what was sent is settled, then probed, then published. */
export type Reverting =
  | { readonly at: 'reverting'; readonly part: 'settling'; readonly attempts: readonly Attempt[] }
  | { readonly at: 'reverting'; readonly part: 'probing' }
  | { readonly at: 'reverting'; readonly part: 'publishing' }

export type PhaseName = Phase['at']

/** In the order of a turn that nobody aborts. */
export const turnPhases = [
  'preflight',
  'fencing-standby',
  'regenerating-standby',
  'probing-standby',
  'publishing-standby',
  'switching',
  'baking',
  'fencing-former',
  'regenerating-former',
  'probing-former',
  'publishing-former',
  'completed',
] as const satisfies readonly PhaseName[]

export const hasEnded = (phase: Phase): boolean =>
  phase.at === 'completed' || phase.at === 'reverted'

/** Once the former key is being regenerated there is no way back: only forward. */
export const canAbort = (phase: Phase): boolean =>
  !hasEnded(phase) &&
  phase.at !== 'reverting' &&
  phase.at !== 'regenerating-former' &&
  phase.at !== 'probing-former' &&
  phase.at !== 'publishing-former'

/** What has been sent to ARM in this phase and may still take effect. */
export const attemptsOf = (phase: Phase): readonly Attempt[] =>
  'attempts' in phase ? phase.attempts : []
