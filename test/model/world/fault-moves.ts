import { slots } from '@keyturn/core'
import { lags } from './azure.ts'
import { unclean } from './azure-moves.ts'
import { newClient, sampleOf } from './client.ts'
import type { FaultName } from './faults.ts'
import { fallen, setLeader } from './leader.ts'
import { leaves } from './member-moves.ts'
import type { Move } from './move.ts'
import { goodbyeMoves } from './network.ts'
import { crashed, newSidecar, setClient, setSidecar, settled, step } from './sidecar.ts'
import { lateName } from './spec.ts'
import { changed, type Sidecar, type State } from './state.ts'

/** What befalls processes and people; the faults of mail, ARM and vault stand where they strike. */
export const faultMoves = (state: State): readonly Move[] => [
  ...state.sidecars.flatMap((_, index) => sidecarFaults(state, index)),
  ...leaderFaults(state),
  ...arrivals(state),
  ...(state.spec.gateways === 'regions' ? fallsBack(state) : []),
]

const sidecarFaults = (state: State, index: number): readonly Move[] => {
  const sidecar = state.sidecars[index]
  if (!sidecar || sidecar.life === 'gone') return []
  const moves: Move[] = [...goodbyeMoves(state, index)]
  const befalls = (fault: FaultName, says: string, to: State): void => {
    moves.push({ says: `${sidecar.id} ${says}`, fault, to })
  }
  if (sidecar.life !== 'dead') {
    befalls('sidecar-crash', 'crashes', setSidecar(state, index, crashed(sidecar)))
    const lost = { ...crashed({ ...sidecar, disk: null }), disk: null }
    befalls('disk-lost', 'crashes and its disk is lost', setSidecar(state, index, lost))
    befalls(
      'machine-lost',
      'and its clients die with their machine',
      setSidecar(state, index, gone(sidecar)),
    )
  }
  if (sidecar.life === 'up') {
    befalls('sidecar-stopped', 'is stopped', setSidecar(state, index, { life: 'stopped' }))
    const clients = [...sidecar.clients, newClient(`${sidecar.id}-app${sidecar.clients.length}`)]
    const hasRoom =
      sidecar.clients.filter(({ life }) => life !== 'dead').length < state.spec.clientsMax
    if (hasRoom)
      befalls('client-joins', 'gets one more client', setSidecar(state, index, { clients }))
  }
  const away = state.spec.gateways ? gatewayMoves(state, index) : []
  return [...moves, ...away, ...sidecar.clients.flatMap((_, at) => clientFaults(state, index, at))]
}

/** A region forgets a new key for a while. Whoever looked before cannot know. */
const fallsBack = (state: State): readonly Move[] => {
  const { azure, store, hands } = state
  const before = store.record.rotation?.before
  const last = azure.regions.length - 1
  if (!before || lags(azure, last)) return []
  return slots
    .filter(slot => azure.effects[slot] > 0)
    .map(slot => {
      const keys = { ...azure.keys, [slot]: before[slot] }
      const regions = azure.regions.with(last, keys)
      const fallen = { ...state, azure: { ...azure, regions } }
      return {
        says: `region ${last} forgets the new ${slot} key for a while`,
        fault: 'region-lag',
        to: { ...unclean(fallen), hands: { ...hands, refusedOnce: true } },
      }
    })
}

/**
 * Azure is many machines. A member, or one client alone, is led to a gateway that does not know
 * a new key yet; a member only while it has not tried that key itself.
 */
const gatewayMoves = (state: State, index: number): readonly Move[] => {
  const sidecar = state.sidecars[index]
  const { azure, spec } = state
  const news = slots.filter(slot => azure.effects[slot] > 0).map(slot => azure.keys[slot])
  if (!sidecar) return []
  const led = (id: string, changed: State): Move => ({
    says: `${id} is led to a gateway that does not know a new key yet`,
    fault: 'region-lag',
    to: { ...changed, hands: { ...state.hands, refusedOnce: true } },
  })
  if (spec.gateways === 'regions') return []
  if (spec.gateways === 'members') {
    return sidecar.unaware
      ? []
      : news
          .filter(key => !sidecar.state.proven.includes(key))
          .map(unaware => led(sidecar.id, setSidecar(state, index, { unaware })))
  }
  return sidecar.clients.flatMap(({ identity, life, unaware }, at) =>
    life !== 'up' || unaware
      ? []
      : news.map(key => led(identity.id, setClient(state, index, at, { unaware: key }))),
  )
}

export const gone = (sidecar: Sidecar): Sidecar => ({
  ...crashed(sidecar),
  life: 'gone',
  disk: null,
  clients: sidecar.clients.map(client => ({ ...client, life: 'dead', request: null })),
})

const clientFaults = (state: State, index: number, at: number): readonly Move[] => {
  const sidecar = state.sidecars[index]
  const client = sidecar?.clients[at]
  if (!sidecar || !client || client.life === 'dead') return []
  const { id } = client.identity
  const moves: Move[] = []
  const dead = setClient(state, index, at, { life: 'dead', connected: false, request: null })
  moves.push({ says: `${id} crashes`, fault: 'client-crash', to: disconnected(dead, index, id) })
  if (client.connected) {
    const away = setClient(state, index, at, { connected: false })
    moves.push({
      says: `${id} loses its connection to ${sidecar.id}`,
      fault: 'connection-lost',
      to: disconnected(away, index, id),
    })
  }
  if (client.life === 'up') {
    const to = setClient(state, index, at, { life: 'stopped' })
    moves.push({ says: `${id} is stopped`, fault: 'client-stopped', to })
    const left = leaves(state, index, at)
    if (left) moves.push({ says: `${id} says goodbye`, fault: 'client-leaves', to: left })
    const hasty = state.spec.hastyGoodbyes ? saysGoodbyeTooSoon(state, index, at) : null
    if (hasty) moves.push(hasty)
  }
  return moves
}

/** A program says goodbye before its last request has ended. */
const saysGoodbyeTooSoon = (state: State, index: number, at: number): Move | null => {
  const sidecar = state.sidecars[index]
  const client = sidecar?.clients[at]
  if (!sidecar || !client?.request || !client.connected || sidecar.life !== 'up') return null
  const { id } = client.identity
  const sequence = client.sequence + 1
  const sample = sampleOf({ ...client, sequence }, state.now)
  const clients = changed(sidecar.clients, at, { sequence })
  const heard = step({ ...sidecar, clients }, { is: 'goodbye', id, sample })
  return {
    says: `${id} says goodbye with a request on the wire`,
    fault: 'client-leaves',
    to: setSidecar(state, index, settled(heard, state)),
  }
}

/** The sidecar notices that a connection has closed. */
export const disconnected = (state: State, index: number, id: string): State => {
  const sidecar = state.sidecars[index]
  if (!sidecar || (sidecar.life !== 'up' && sidecar.life !== 'stopped')) return state
  return setSidecar(state, index, settled(step(sidecar, { is: 'disconnected', id }), state))
}

const leaderFaults = (state: State): readonly Move[] => {
  const moves: Move[] = state.leaders.flatMap((leader, index) =>
    leader.up
      ? [
          {
            says: `${index === 0 ? 'the coordinator' : 'the second leader'} crashes`,
            fault: 'coordinator-crash',
            to: setLeader(state, index, fallen),
          } as const,
        ]
      : [],
  )
  if (state.leaders.length < 2 && state.leaders[0]?.up) {
    const { epoch, revision, record } = { ...state.store, epoch: state.store.epoch + 1 }
    const leader = { ...fallen, up: true, epoch, revision, record, reachableSince: state.now }
    const to = {
      ...state,
      store: { ...state.store, epoch },
      leaders: [...state.leaders, leader],
    }
    moves.push({ says: 'a second leader takes over', fault: 'second-leader', to })
  }
  return moves
}

/** Whoever comes later, under a new name or, by mistake, under one that is taken. */
const arrivals = (state: State): readonly Move[] => {
  const moves: Move[] = []
  const late = state.spec.joinsAs ?? lateName
  if (!state.sidecars.some(({ name }) => name === late)) {
    moves.push({
      says: 'a late member starts',
      fault: 'member-joins',
      to: joins(state, late, late),
    })
  }
  const [first] = state.sidecars
  if (first && state.sidecars.filter(({ name }) => name === first.name).length === 1) {
    const to = joins(state, first.name, `${first.name}-twin`)
    moves.push({ says: `a twin of ${first.name} starts`, fault: 'twin', to })
  }
  return moves
}

export const joins = (state: State, name: string, id: string): State => ({
  ...state,
  sidecars: [...state.sidecars, newSidecar(state.spec, name, id, 1)],
})
