import { judgeOffer } from '@keyturn/core'
import { withMail } from './azure.ts'
import type { Move } from './move.ts'
import { signsOn } from './outside.ts'
import { isServing, keysetOf, mayTell } from './sidecar.ts'
import { longMs } from './spec.ts'
import type { Client, Sidecar, State } from './state.ts'

/**
 * A long time passes: longer than every limit. Whatever was on its way to ARM has arrived or
 * never does, and no mount shows an older keyset any more.
 */
export const timeMoves = (state: State): readonly Move[] => {
  if (state.spec.time === 'fair' && !state.sidecars.every(one => hasDoneItsPart(state, one)))
    return []
  const after: State = {
    ...state,
    now: state.now + longMs,
    azure: withMail(state.azure, []),
    vault: { ...state.vault, before: null, writes: [] },
    sidecars: state.sidecars.map(sidecar => ({ ...sidecar, silent: false })),
  }
  const to = state.spec.outside?.retires ? signsOn(after) : after
  return isInTheMiddle(state)
    ? [{ says: 'the coordinator is stopped for a long time', fault: 'coordinator-stopped', to }]
    : [{ says: 'a long time passes', fault: null, to }]
}

/** A turn takes less than a long time, unless its process is stopped. */
const isInTheMiddle = ({ leaders, store }: State): boolean =>
  leaders.some(({ up, epoch, stage }) => up && epoch === store.epoch && stage.at !== 'idle')

/** Whoever lives, is not stopped and can reach anybody has read, served and reported by then. */
const hasDoneItsPart = (state: State, sidecar: Sidecar): boolean => {
  if (sidecar.life !== 'up') return true
  const { latest } = state.vault
  if (latest && judgeOffer(sidecar.ring, keysetOf(latest)).take) return false
  if (!sidecar.clients.every(client => hasTaken(sidecar, client))) return false
  const somebodyListens = state.leaders.some(({ up }) => up)
  if (!somebodyListens || sidecar.silent || !mayTell(sidecar)) return true
  return state.store.fleet.some(
    ({ name, incarnation, reportedAt }) =>
      name === sidecar.name &&
      incarnation === sidecar.state.identity.incarnation &&
      reportedAt === state.now,
  )
}

const hasTaken = (sidecar: Sidecar, { life, ring }: Client): boolean =>
  life !== 'up' ||
  sidecar.ring === null ||
  !isServing(sidecar) ||
  (ring !== null && !judgeOffer(ring, sidecar.ring).take)
