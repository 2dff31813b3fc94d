import type { FaultName } from './faults.ts'
import type { Spec } from './spec.ts'
import type { State } from './state.ts'

const known = new WeakMap<readonly FaultName[], ReadonlySet<FaultName>>()

const setOf = (names: readonly FaultName[]): ReadonlySet<FaultName> => {
  const made = known.get(names) ?? new Set(names)
  known.set(names, made)
  return made
}

/** Whether one more fault is left for this path. */
export const mayFail = ({ faults, spec }: State): boolean => faults.length < spec.faultsMax

const allowed = ({ faults, first }: Spec, before: readonly FaultName[]) =>
  before.length === 0 ? (first ?? faults) : faults

/** Whether this fault may befall the world now: what may not need not be worked out. */
export const mayBefall = (state: State, fault: FaultName): boolean =>
  mayFail(state) && setOf(allowed(state.spec, state.faults)).has(fault)
