import { emptyRecord, fold, hasEnded, type JournalEvent, obey } from '@keyturn/core'
import { newAzure } from './azure.ts'
import { azureMoves } from './azure-moves.ts'
import { fallen, lastSeen } from './leader.ts'
import { catchesUp } from './member-moves.ts'
import { reportMoves } from './network.ts'
import { newOutside, signsOn } from './outside.ts'
import { judgeBeginning } from './outside-truth.ts'
import { newSidecar, recorded } from './sidecar.ts'
import { longMs, nameOf, type Spec } from './spec.ts'
import type { State } from './state.ts'
import { installation } from './truth.ts'
import { leaderMoves } from './turn.ts'

/** Adopted, published, everybody joined, settled and quiet; then somebody says `rotate`. */
export const initialState = (spec: Spec): State => {
  const azure = newAzure(spec.regions)
  const events: JournalEvent[] = [
    { type: 'adopted', installation, by: 'ops', takeOver: false },
    {
      type: 'publish-intended',
      publication: { version: 1, active: 'primary', fenced: [], fingerprints: azure.keys },
    },
    { type: 'published', version: 1 },
  ]
  const record = events.reduce((before, event) => fold(before, event, 0), emptyRecord)
  const publication = {
    version: 1,
    active: 'primary',
    fenced: [],
    fingerprints: azure.keys,
  } as const
  const leader = { ...fallen, up: true, epoch: 1, revision: 3, record, reachableSince: 0 }
  const begun: State = {
    spec: { ...spec, time: 'any' },
    now: 0,
    azure,
    vault: { latest: { ...publication, installation }, before: null, writes: [] },
    store: { epoch: 1, revision: 3, record, fleet: [], fleetRevision: 0 },
    leaders: [leader],
    sidecars: spec.members.map((clients, index) =>
      recorded(newSidecar(spec, nameOf(index), nameOf(index), clients)),
    ),
    faults: [],
    violations: [],
    hands: { aborted: false, refusedOnce: false, editedVault: false },
    heard: [],
    outside: newOutside(spec, azure),
  }
  const joined = everybody(everybody(everybody(begun)))
  const settled = { ...joined, now: longMs, spec }
  if (spec.outside?.retires) {
    const signing = everybody(signsOn(settled))
    return spec.outside.turnsToo ? rotates(signing) : signing
  }
  const rotated = rotates(everybody(settled))
  return spec.begins === 'preflight' ? rotated : throughTo(rotated)
}

/** Each member catches up and reports, one after the other. */
const everybody = (state: State): State =>
  state.sidecars.reduce((before, _, index) => {
    const after = writtenDown(catchesUp(before, index), index)
    const reported = reportMoves(after, index).find(({ fault }) => fault === null)
    return writtenDown(catchesUp(reported?.to ?? after, index), index)
  }, state)

const writtenDown = (state: State, index: number): State => ({
  ...state,
  sidecars: state.sidecars.map((sidecar, at) => (at === index ? recorded(sidecar) : sidecar)),
})

const rotates = (state: State): State => {
  const [leader] = state.leaders
  if (!leader) throw new RangeError('a world begins with a leader')
  const verb = {
    verb: 'rotate',
    by: 'ops',
    reason: 'the model',
    id: 'r1',
    ...slotOf(state),
  } as const
  const answer = obey(lastSeen(state, leader), verb)
  if (!answer.done) throw new Error(answer.blockers.map(({ sentence }) => sentence).join())
  const { store } = state
  const record = answer.events.reduce(
    (before, event) => fold(before, event, state.now),
    store.record,
  )
  const revision = store.revision + answer.events.length
  const started = {
    ...state,
    store: { ...store, record, revision },
    leaders: [{ ...leader, record, revision }],
  }
  return answer.events.reduce(judgeBeginning, started)
}

const slotOf = ({ spec: { plan, outside } }: State) => {
  if (outside?.leaked) return { slot: outside.leaked, emergency: true }
  if (plan === undefined) return {}
  return { slot: plan === 'standby' ? 'secondary' : 'primary' } as const
}

/** Well weather, until the new key bakes: where the former key's turn is what a world is about. */
const throughTo = (start: State): State => {
  const { spec } = start
  let state: State = { ...start, spec: { ...spec, turns: 'whole' } }
  for (let left = 500; left > 0; left -= 1) {
    const { rotation } = state.store.record
    if (rotation?.phase.at === 'baking') return { ...state, spec }
    if (!rotation || hasEnded(rotation.phase)) break
    state = everybody(state)
    const turn = leaderMoves(state, 0).find(({ fault }) => fault === null)
    state = turn?.to ?? state
    const ended = azureMoves(state).find(({ fault }) => fault === null)
    state = ended?.to ?? { ...state, now: state.now + longMs }
  }
  throw new Error('a turn in good weather does not get to baking')
}
