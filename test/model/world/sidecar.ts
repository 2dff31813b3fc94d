import {
  firstSequence,
  heldOf,
  type IncomingReport,
  judgeOffer,
  type Keyset,
  type MemberEvent,
  mayReport,
  memberAtStart,
  memberStep,
  notServing,
  probesDue,
  refusalFor,
  sameHeld,
  statementOf,
  storeIsDue,
  toStore,
} from '@keyturn/core'
import { acceptedEverywhere } from './azure.ts'
import { newClient, offered, sampleOf } from './client.ts'
import type { Spec } from './spec.ts'
import {
  type Azure,
  type Client,
  changed,
  type Sidecar,
  type State,
  type Written,
} from './state.ts'
import { broken, goesBack, kept, writtenByHand } from './truth.ts'

export const subject = { account: 'account', pair: 'readWrite' } as const

export const newSidecar = (spec: Spec, name: string, id: string, clients: number): Sidecar => ({
  name,
  id,
  life: 'up',
  state: memberAtStart(null, `${id}-1`, spec.durable),
  ring: null,
  disk: null,
  durable: spec.durable,
  starts: 1,
  sent: 0,
  mail: null,
  answer: null,
  clients: Array.from({ length: clients }, (_, index) => newClient(`${id}-app${index}`)),
  unaware: null,
  floor: 0,
  stalenessMs: spec.lagging ? 500 : 0,
  bound: false,
  excused: false,
  silent: false,
})

export const setSidecar = (state: State, index: number, sidecar: Partial<Sidecar>): State => ({
  ...state,
  sidecars: changed(state.sidecars, index, sidecar),
})

export const step = (sidecar: Sidecar, event: MemberEvent): Sidecar => ({
  ...sidecar,
  state: memberStep(sidecar.state, event),
})

/** Writes down what ought to stand on the disk. */
export const recorded = (sidecar: Sidecar): Sidecar => {
  if (!storeIsDue(sidecar.state)) return sidecar
  const disk = toStore(sidecar.state)
  return { ...step(sidecar, { is: 'stored', stored: disk }), disk }
}

/** Its own probe of what it holds: a key counts once every region takes it. */
export const probed = (sidecar: Sidecar, azure: Azure): Sidecar => {
  const { held, proven } = sidecar.state
  if (held === null) return sidecar
  return probesDue(held, proven)
    .filter(key => key !== sidecar.unaware && acceptedEverywhere(azure, key))
    .reduce(
      (probing, fingerprint) => step(probing, { is: 'probed', fingerprint, accepted: true }),
      sidecar,
    )
}

/** What happens of itself after anything else, where this world does not cut it finer. */
export const settled = (sidecar: Sidecar, { azure, spec }: State): Sidecar => {
  const after = probed(sidecar, azure)
  return spec.disk === 'at-once' ? recorded(after) : after
}

/** Rings do not compare endpoints: here it says who wrote the keyset. */
export const keysetOf = (written: Written): Keyset => {
  const { version, active, fenced, fingerprints, installation, byHand, pair } = written
  const keys = {
    primary: { fingerprint: fingerprints.primary },
    secondary: { fingerprint: fingerprints.secondary },
  }
  return {
    ...subject,
    ...(pair ? { pair } : {}),
    endpoint: byHand ? writtenByHand : '',
    installation,
    version,
    active,
    fenced,
    keys,
  }
}

/** Its ring is offered what its source shows. */
export const follows = (state: State, index: number, written: Written): State => {
  const sidecar = state.sidecars[index]
  if (!sidecar) return state
  const verdict = judgeOffer(sidecar.ring, keysetOf(written))
  if (!verdict.take) return state
  const { keyset } = verdict
  const swapped = step(
    { ...sidecar, ring: keyset },
    { is: 'swapped', held: heldOf(keyset), subject: { ...subject, pair: keyset.pair } },
  )
  const after = setSidecar(state, index, settled(swapped, state))
  return judgeSwap(after, sidecar.id, sidecar.ring, keyset)
}

/** Invariant 4: a ring never goes back, and what it holds under a version it holds for good. */
const judgeSwap = (
  state: State,
  id: string,
  before: Keyset | null,
  after: Keyset | null,
): State => {
  if (before === null || after === null || before === after) return state
  if (goesBack(before.version, after.version)) {
    return broken(state, 4, `the ring of ${id} went back to version ${after.version}`)
  }
  if (before.pair !== after.pair) {
    return kept(state, 'P14', `the ring of ${id} took keys of the ${after.pair} pair`)
  }
  return before.version === after.version && !sameHeld(heldOf(before), heldOf(after))
    ? broken(state, 4, `the ring of ${id} took other content under version ${after.version}`)
    : state
}

export const setClient = (
  state: State,
  index: number,
  at: number,
  change: Partial<Client>,
): State => {
  const sidecar = state.sidecars[index]
  return sidecar
    ? setSidecar(state, index, { clients: changed(sidecar.clients, at, change) })
    : state
}

/** A client introduces itself. */
export const attached = (state: State, index: number, at: number): State => {
  const sidecar = state.sidecars[index]
  const client = sidecar?.clients[at]
  if (!sidecar || !client) return state
  const known = step(sidecar, { is: 'attached', client: client.identity })
  const clients = changed(sidecar.clients, at, { connected: true })
  return setSidecar(state, index, settled({ ...known, clients }, state))
}

/** A client is served what its sidecar holds, takes it or not, and says what it holds then. */
export const served = (state: State, index: number, at: number): State => {
  const sidecar = state.sidecars[index]
  const client = sidecar?.clients[at]
  if (!sidecar?.ring || !client || refusalFor(sidecar.state, client.identity.id) !== null)
    return state
  const after = offered(client, sidecar.ring)
  const next = sampled(setClient(state, index, at, after), index, at)
  return judgeSwap(next, client.identity.id, client.ring, after.ring)
}

/** A client tells its one synchronous sample. */
export const sampled = (state: State, index: number, at: number): State => {
  const sidecar = state.sidecars[index]
  const client = sidecar?.clients[at]
  if (!sidecar || !client) return state
  const telling = { ...client, sequence: client.sequence + 1 }
  const sample = sampleOf(telling, state.now)
  const clients = changed(sidecar.clients, at, { sequence: telling.sequence })
  const heard = step({ ...sidecar, clients }, { is: 'sampled', id: client.identity.id, sample })
  return setSidecar(state, index, settled(heard, state))
}

export const isServing = (sidecar: Sidecar): boolean => notServing(sidecar.state) === null

export const mayTell = ({ state }: Sidecar): boolean => state.subject !== null && mayReport(state)

export const reportOf = (sidecar: Sidecar, goodbye: boolean): IncomingReport => {
  const { identity } = sidecar.state
  return {
    ...statementOf(sidecar.state),
    incarnation: identity.incarnation,
    previousIncarnation: identity.previousIncarnation,
    sequence: firstSequence(identity) + sidecar.sent + 1,
    goodbye,
    source: {
      kind: sidecar.stalenessMs > 0 ? 'files' : 'keyVault',
      stalenessMsMax: sidecar.stalenessMs,
    },
  }
}

/** The process dies: what it had in memory is gone, its clients are alone. */
export const crashed = (sidecar: Sidecar): Sidecar => ({
  ...sidecar,
  life: 'dead',
  ring: null,
  answer: null,
  state: memberAtStart(sidecar.disk, `${sidecar.id}-dead`, sidecar.durable),
  floor: sidecar.disk?.floor ?? 0,
  clients: sidecar.clients.map(client => ({ ...client, connected: false })),
})

/** It starts again on what stands on its disk, and writes down who it is before anything else. */
export const restarted = (sidecar: Sidecar, unwritten = false): Sidecar => {
  const starts = sidecar.starts + 1
  const state = memberAtStart(sidecar.disk, `${sidecar.id}-${starts}`, sidecar.durable)
  const floor = sidecar.disk?.floor ?? 0
  const up = { ...sidecar, life: 'up', starts, sent: 0, state, silent: false, floor } as const
  return unwritten ? up : recorded(up)
}
