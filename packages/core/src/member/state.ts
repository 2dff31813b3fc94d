import type { Fingerprint } from '../fingerprint.ts'
import { memoised } from '../memoised.ts'
import type { Pair } from '../slot.ts'
import { acknowledgement } from './acknowledge.ts'
import {
  type ClientEvent,
  type ClientIdentity,
  type Clients,
  clientStep,
  remembered,
} from './clients.ts'
import { type Identity, identityAtStart } from './identity.ts'
import { type Held, type RegionalRefusal, sameHeld, type Usage } from './sample.ts'

/** Whose keys a member follows: fixed by the first keyset that it sees. */
export interface Subject {
  /** ARM resource id, or empty in layouts that do not say. */
  readonly account: string
  readonly pair: Pair
}

/** What survives a restart. Never a key. */
export interface DurableState {
  readonly identity: Identity
  readonly subject: Subject | null
  readonly clients: readonly ClientIdentity[]
  /** The newest keyset that was, or was about to be, acknowledged. */
  readonly acknowledged: Held | null
  /** The coordinator's: nothing older is served. */
  readonly floor: number
}

/**
 * `joining`: the coordinator has not answered yet. `joined`: it has. `outside`: it did not answer
 * in time, or there is none; what is served now is outside the guarantee.
 */
export type Joining = 'joining' | 'joined' | 'outside'

/** What a member knows of itself. Everything it says and allows is a function of this. */
export interface MemberState {
  readonly identity: Identity
  readonly subject: Subject | null
  readonly joining: Joining
  readonly clients: Clients
  readonly held: Held | null
  /** Keys that its own probe found accepted in every region. */
  readonly proven: readonly Fingerprint[]
  /** Its own use of keys: probes. */
  readonly probes: readonly Usage[]
  readonly refused: readonly RegionalRefusal[]
  readonly floor: number
  /** The newest version that it was told of. */
  readonly announced: number
  /** What stands on the disk; `null`: nothing does, and nothing will. */
  readonly stored: DurableState | null
  /** The newest keyset that all held at once. */
  readonly acknowledged: Held | null
}

export type MemberEvent =
  | ClientEvent
  | { readonly is: 'swapped'; readonly held: Held; readonly subject: Subject }
  | { readonly is: 'probed'; readonly fingerprint: Fingerprint; readonly accepted: boolean }
  | {
      readonly is: 'measured'
      readonly probes: readonly Usage[]
      readonly refused: readonly RegionalRefusal[]
    }
  | { readonly is: 'stored'; readonly stored: DurableState }
  | { readonly is: 'answered'; readonly floor: number; readonly announced: number }
  | { readonly is: 'join-wait-over' }

/** Proven keys are few: two slots, and their predecessors until they are forgotten. */
const provenMax = 16

/** A member at the start of a process. `durable`: whether it can store anything at all. */
export const memberAtStart = (
  stored: DurableState | null,
  freshIncarnation: string,
  durable: boolean,
): MemberState => {
  const identity = identityAtStart(stored?.identity ?? null, freshIncarnation)
  const empty = { identity, subject: null, clients: [], acknowledged: null, floor: 0 }
  return {
    identity,
    subject: stored?.subject ?? null,
    joining: 'joining',
    clients: remembered(stored?.clients ?? []),
    held: null,
    proven: [],
    probes: [],
    refused: [],
    floor: stored?.floor ?? 0,
    announced: 0,
    stored: durable ? (stored ?? empty) : null,
    acknowledged: stored?.acknowledged ?? null,
  }
}

/** ARM ids compare without case. A layout that does not say whose keys it holds fits any account. */
export const sameSubject = (a: Subject, b: Subject): boolean =>
  a.pair === b.pair &&
  (a.account === '' || b.account === '' || a.account.toLowerCase() === b.account.toLowerCase())

/** Whether a keyset belongs to what this member has followed so far. */
export const isOwnSubject = ({ subject }: MemberState, other: Subject): boolean =>
  subject === null || sameSubject(subject, other)

const own = (state: MemberState, event: Exclude<MemberEvent, ClientEvent>): MemberState => {
  switch (event.is) {
    case 'swapped':
      if (!isOwnSubject(state, event.subject)) return state
      if (state.held !== null && event.held.version < state.held.version) return state
      return { ...state, held: event.held, subject: event.subject }
    case 'probed': {
      const others = state.proven.filter(fingerprint => fingerprint !== event.fingerprint)
      const proven = event.accepted ? [...others, event.fingerprint] : others
      return { ...state, proven: proven.slice(-provenMax) }
    }
    case 'measured':
      return { ...state, probes: event.probes, refused: event.refused }
    case 'stored':
      return { ...state, stored: event.stored }
    case 'answered':
      return {
        ...state,
        joining: 'joined',
        identity: { ...state.identity, confirmed: true },
        floor: Math.max(state.floor, event.floor),
        announced: Math.max(state.announced, event.announced),
      }
    case 'join-wait-over':
      return state.joining === 'joining' ? { ...state, joining: 'outside' } : state
  }
}

const clientEvents = ['attached', 'sampled', 'disconnected', 'died', 'goodbye'] as const

const isClientEvent = (event: MemberEvent): event is ClientEvent =>
  clientEvents.some(is => is === event.is)

/**
 * Whether the held keyset is older than what may be served: than anything acknowledged, in this
 * life or an earlier one, or than the coordinator's floor. A layout without versions is followed
 * as it is where it always was one: it acknowledges nothing that a gate would take for a fence.
 */
export const isBelowFloor = ({ held, floor, acknowledged }: MemberState): boolean =>
  held !== null &&
  (held.version < (acknowledged?.version ?? 0) || (held.version > 0 && held.version < floor))

/**
 * What every client and the member itself hold now, or `null`. Whoever stands below the floor
 * serves nothing, and so acknowledges nothing.
 */
export const acknowledgedNow = memoised((state: MemberState): Held | null =>
  isBelowFloor(state) ? null : acknowledgement(state.held, state.clients, state.proven),
)

/** One step of a member. Pure: production, simulation and model run this function. */
export const memberStep = (state: MemberState, event: MemberEvent): MemberState => {
  const next = isClientEvent(event)
    ? { ...state, clients: clientStep(state.clients, event) }
    : own(state, event)
  const acknowledged = acknowledgedNow(next)
  if (acknowledged === null || sameHeld(acknowledged, next.acknowledged)) return next
  return { ...next, acknowledged }
}
