import type { Step, System } from '../explorer/system.ts'
import { azureMoves, handMoves, isOver } from './azure-moves.ts'
import { faultMoves } from './fault-moves.ts'
import type { FaultName } from './faults.ts'
import { keyOf } from './key.ts'
import { mayBefall, mayFail } from './may-befall.ts'
import { memberMoves } from './member-moves.ts'
import type { Move } from './move.ts'
import { joinWaitMoves, lateMoves, reportMoves } from './network.ts'
import { operatorMoves } from './operator-moves.ts'
import { outsideMoves } from './outside-moves.ts'
import { servesOlder } from './promises.ts'
import { isServing } from './sidecar.ts'
import type { Spec } from './spec.ts'
import { initialState } from './start.ts'
import type { State } from './state.ts'
import { timeMoves } from './time.ts'
import { leaderMoves } from './turn.ts'

/** A small world as something that can be explored. */
export const worldOf = (spec: Spec): System<State> => ({
  initial: initialState(spec),
  steps: movesOf,
  key: keyOf,
  broken: state => [...state.violations, ...servesOlder(state, isServing)],
  hasEnded: isOver,
})

/** All that may happen next: of itself, and by a fault where one is left. */
export const movesOf = (state: State): readonly Step<State>[] => {
  const moves: Step<State>[] = []
  for (const move of allMoves(state)) {
    const { fault } = move
    if (fault === null) moves.push(move)
    else if (mayBefall(state, fault)) moves.push({ ...move, to: befallen(move.to, fault) })
  }
  return moves
}

const befallen = (state: State, fault: FaultName): State => ({
  ...state,
  faults: [...state.faults, fault],
})

const allMoves = (state: State): readonly Move[] => [
  ...state.leaders.flatMap((_, index) => leaderMoves(state, index)),
  ...state.sidecars.flatMap((_, index) => [
    ...memberMoves(state, index),
    ...reportMoves(state, index),
    ...lateMoves(state, index),
    ...joinWaitMoves(state, index),
  ]),
  ...azureMoves(state),
  ...operatorMoves(state),
  ...outsideMoves(state),
  ...timeMoves(state),
  ...(mayFail(state) ? [...faultMoves(state), ...handMoves(state)] : []),
]
