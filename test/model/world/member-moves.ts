import { isKnown, judgeOffer, mayLeave, refusalFor, storeIsDue } from '@keyturn/core'
import { begins, ends, isAnswered, sampleOf } from './client.ts'
import { mayBefall } from './may-befall.ts'
import type { Move } from './move.ts'
import { hasCaughtUp } from './nothing-new.ts'
import { signsWithStandby } from './promises.ts'
import {
  attached,
  follows,
  isServing,
  keysetOf,
  probed,
  recorded,
  sampled,
  served,
  setClient,
  setSidecar,
  settled,
  step,
} from './sidecar.ts'
import type { Sidecar, State } from './state.ts'
import { kept } from './truth.ts'

/** What a sidecar and its clients do of themselves. */
export const memberMoves = (state: State, index: number): readonly Move[] => {
  const sidecar = state.sidecars[index]
  if (!sidecar || sidecar.life === 'gone') return []
  const own = sidecar.life === 'up' ? ownMoves(state, index, sidecar) : []
  return [...own, ...sidecar.clients.flatMap((_, at) => clientMoves(state, index, at))]
}

const ownMoves = (state: State, index: number, sidecar: Sidecar): readonly Move[] => {
  const { latest, before } = state.vault
  const moves: Move[] = []
  const whole = state.spec.sidecars === 'whole'
  if (whole) {
    moves.push({
      says: `${sidecar.id} and its clients catch up`,
      fault: null,
      to: hasCaughtUp(state, sidecar, at => needsTelling(state, index, at))
        ? state
        : catchesUp(state, index),
    })
  } else if (latest && judgeOffer(sidecar.ring, keysetOf(latest)).take) {
    moves.push({
      says: `${sidecar.id} reads version ${latest.version}`,
      fault: null,
      to: follows(state, index, latest),
    })
  }
  if (before && sidecar.stalenessMs > 0 && mayBefall(state, 'vault-read-delayed')) {
    moves.push({
      says: `${sidecar.id} reads version ${before.version}, which its mount still shows`,
      fault: 'vault-read-delayed',
      to: follows(state, index, before),
    })
  }
  if (sidecar.unaware !== null) {
    const to = setSidecar(state, index, { unaware: null })
    moves.push({ says: `${sidecar.id} is led to a gateway that knows all keys`, fault: null, to })
  }
  const proven = probed(sidecar, state.azure)
  if (proven !== sidecar) {
    const to = setSidecar(state, index, settled(proven, state))
    moves.push({ says: `${sidecar.id} probes what it holds`, fault: null, to })
  }
  if (state.spec.disk === 'later' && storeIsDue(sidecar.state)) {
    moves.push({
      says: `${sidecar.id} writes down its state`,
      fault: null,
      to: setSidecar(state, index, recorded(sidecar)),
    })
  }
  for (const { id, name } of sidecar.state.clients) {
    const client = sidecar.clients.find(one => one.identity.id === id)
    if (client && client.life !== 'dead') continue
    const to = setSidecar(state, index, settled(step(sidecar, { is: 'died', id }), state))
    moves.push({ says: `${sidecar.id} finds ${name} dead`, fault: null, to })
  }
  return moves
}

/** One step for all that a well sidecar and its well clients would do one after the other. */
export const catchesUp = (state: State, index: number): State => {
  const { latest } = state.vault
  let after = latest ? follows(state, index, latest) : state
  const count = after.sidecars[index]?.clients.length ?? 0
  for (let at = 0; at < count; at += 1) {
    const client = after.sidecars[index]?.clients[at]
    if (client?.life !== 'up') continue
    if (!client.connected) after = attached(after, index, at)
    after = served(after, index, at)
    after = needsTelling(after, index, at) ? sampled(after, index, at) : after
  }
  return after
}

/** Whether the sidecar knows anything else of a client than what is. */
const needsTelling = (state: State, index: number, at: number): boolean => {
  const sidecar = state.sidecars[index]
  const client = sidecar?.clients[at]
  const known = sidecar?.state.clients.find(({ id }) => id === client?.identity.id)
  if (!client?.connected || !known) return false
  if (!isKnown(known)) return true
  const { sequence: _, ...told } = known.sample
  const { sequence: __, ...truth } = sampleOf(client, state.now)
  return JSON.stringify(told) !== JSON.stringify(truth)
}

const clientMoves = (state: State, index: number, at: number): readonly Move[] => {
  const sidecar = state.sidecars[index]
  const client = sidecar?.clients[at]
  if (!sidecar || !client || client.life !== 'up') return []
  const { id } = client.identity
  const moves: Move[] = []
  if (state.spec.sidecars === 'stepwise' && sidecar.life === 'up') {
    if (!client.connected) {
      moves.push({
        says: `${id} attaches to ${sidecar.id}`,
        fault: null,
        to: attached(state, index, at),
      })
    } else if (canTake(sidecar, at)) {
      moves.push({
        says: `${id} takes what ${sidecar.id} holds`,
        fault: null,
        to: served(state, index, at),
      })
    }
    if (needsTelling(state, index, at)) {
      moves.push({
        says: `${id} tells what it holds and does`,
        fault: null,
        to: sampled(state, index, at),
      })
    }
  }
  if (client.unaware !== null) {
    const to = setClient(state, index, at, { unaware: null })
    moves.push({ says: `${id} is led to a gateway that knows all keys`, fault: null, to })
  }
  return [...moves, ...requestMoves(state, index, at)]
}

const canTake = (sidecar: Sidecar, at: number): boolean => {
  const client = sidecar.clients[at]
  return (
    sidecar.ring !== null &&
    client !== undefined &&
    isServing(sidecar) &&
    refusalFor(sidecar.state, client.identity.id) === null &&
    client.ring !== sidecar.ring
  )
}

const requestMoves = (state: State, index: number, at: number): readonly Move[] => {
  const client = state.sidecars[index]?.clients[at]
  const { traffic, regions } = state.spec
  if (!client || traffic === 'none') return []
  const { id } = client.identity
  const set = (change: typeof client): State => setClient(state, index, at, change)
  const unaware = client.unaware ?? state.sidecars[index]?.unaware ?? null
  if (client.request) {
    const { region } = client.request
    if (traffic === 'drain') {
      return [{ says: `a request of ${id} ends`, fault: null, to: set(ends(client, state.now)) }]
    }
    return [
      {
        says: `region ${region} answers ${id}`,
        fault: null,
        to: set(isAnswered(client, state.azure, state.now, false, unaware)),
      },
      {
        says: `a container that was re-created refuses ${id}`,
        fault: 'container-recreated',
        to: set(isAnswered(client, state.azure, state.now, true, unaware)),
      },
    ]
  }
  const places =
    traffic === 'answers' ? Array.from({ length: regions }, (_, region) => region) : [0]
  return places.flatMap(region => {
    const begun = begins(client, region)
    if (begun === null) return []
    const wrong = signsWithStandby(begun, region)
    const to = wrong ? kept(set(begun), 'standby', wrong) : set(begun)
    return [{ says: `${id} signs a request to region ${region}`, fault: null, to }]
  })
}

/** Those who may leave do so, having told that nothing is in flight. */
export const leaves = (state: State, index: number, at: number): State | null => {
  const sidecar = state.sidecars[index]
  const client = sidecar?.clients[at]
  if (!sidecar || !client || client.life !== 'up' || !client.connected) return null
  const sample = sampleOf({ ...client, sequence: client.sequence + 1 }, state.now)
  if (sidecar.life !== 'up' || !mayLeave(sample)) return null
  const { id } = client.identity
  const clients = sidecar.clients.filter(one => one !== client)
  return setSidecar(
    state,
    index,
    settled(step({ ...sidecar, clients }, { is: 'goodbye', id, sample }), state),
  )
}
