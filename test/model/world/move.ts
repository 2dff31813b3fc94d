import type { Step } from '../explorer/system.ts'
import type { FaultName } from './faults.ts'
import type { State } from './state.ts'

/** One thing that may happen in a world. */
export interface Move extends Step<State> {
  readonly fault: FaultName | null
}
