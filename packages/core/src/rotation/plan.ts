import { type PhaseName, turnPhases } from './phase.ts'

/**
 * Which keys a rotation turns, as seen from the slot that is active when it begins: both of them,
 * the standby alone, or the active one alone, which the standby has to take over from first.
 */
export type Plan = 'full' | 'standby' | 'active'

const orders: Readonly<Record<Plan, readonly PhaseName[]>> = {
  full: turnPhases,
  standby: [
    'preflight',
    'fencing-standby',
    'regenerating-standby',
    'probing-standby',
    'publishing-standby',
    'completed',
  ],
  active: [
    'preflight',
    'switching',
    'baking',
    'fencing-former',
    'regenerating-former',
    'probing-former',
    'publishing-former',
    'completed',
  ],
}

/** The phases of a plan that nobody aborts, in their order. */
export const phasesOf = (plan: Plan): readonly PhaseName[] => orders[plan]

/** What follows a phase; `null` after the last one, and for a phase that the plan does not have. */
export const phaseAfter = (plan: Plan, phase: PhaseName): PhaseName | null => {
  const order = phasesOf(plan)
  const index = order.indexOf(phase)
  return index < 0 ? null : (order[index + 1] ?? null)
}

/** Phases that change what runs, rather than end what was begun: policies may hold them. */
export const beginningPhases = [
  'fencing-standby',
  'regenerating-standby',
  'switching',
  'fencing-former',
  'regenerating-former',
] as const satisfies readonly PhaseName[]

export type BeginningPhase = (typeof beginningPhases)[number]

/**
 * The beginning that a rotation is about to make. An attempt that is due again counts as one:
 * it asks Azure anew.
 */
export const nextBeginning = (plan: Plan, phase: PhaseName): BeginningPhase | null => {
  const isAttempting = phase === 'regenerating-standby' || phase === 'regenerating-former'
  const next = isAttempting ? phase : phaseAfter(plan, phase)
  return beginningPhases.find(beginning => beginning === next) ?? null
}
