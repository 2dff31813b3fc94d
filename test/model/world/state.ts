import type {
  AccountRecord,
  ArmView,
  ClientIdentity,
  DurableState,
  Effect,
  EvidenceView,
  Fingerprint,
  Fingerprints,
  HookView,
  IncomingReport,
  KeyRefusal,
  Keyset,
  Member,
  MemberState,
  Pair,
  ProbeView,
  Publication,
  Slot,
  VaultView,
  World,
} from '@keyturn/core'
import type { FaultName } from './faults.ts'
import type { Outside } from './outside.ts'
import type { Spec } from './spec.ts'

/** Everything there is in one small world, as it truly is. Plain and immutable. */
export interface State {
  readonly spec: Spec
  /** Grows by `longMs` only, which is beyond every limit. */
  readonly now: number
  readonly azure: Azure
  readonly vault: Vault
  readonly store: Store
  readonly leaders: readonly Leader[]
  readonly sidecars: readonly Sidecar[]
  /** Faults so far, on the way by which this state was first reached. */
  readonly faults: readonly FaultName[]
  readonly violations: readonly string[]
  /** How often an operator has done what only an operator may do here. */
  readonly hands: Hands
  /** The newest report of each incarnation that reached a coordinator, and when. */
  readonly heard: readonly Heard[]
  readonly outside: Outside
}

export interface Heard {
  readonly name: string
  readonly incarnation: string
  readonly at: number
  readonly report: IncomingReport
}

/** What is remembered of human hands, to judge fairly. */
export interface Hands {
  readonly aborted: boolean
  /** Whether a region truly refused a current key at any time, by lag or by a hand. */
  readonly refusedOnce: boolean
  /** Whether somebody wrote to the vault: only then is there anything to restore or to adopt. */
  readonly editedVault: boolean
}

export interface Azure {
  readonly keys: Fingerprints
  /** Numbers keys and operations; grows only. */
  readonly serial: number
  readonly operation: Operation | null
  readonly ended: readonly { readonly id: string; readonly status: 'succeeded' | 'failed' }[]
  /** POSTs on their way that nobody hears the answer of. */
  readonly mail: readonly Post[]
  /** The keys that each region takes at present; a lagging one still takes the ones before. */
  readonly regions: readonly Fingerprints[]
  /** How many of our POSTs took effect in this rotation. */
  readonly effects: Readonly<Record<Slot, number>>
  /** Whether the account takes no keys any more. */
  readonly isRetired: boolean
}

export interface Operation {
  readonly id: string
  readonly slot: Slot
  /** Whether a person asked for it. */
  readonly byHand?: boolean
}

export interface Post {
  readonly slot: Slot
  /** Whether no hand has struck since the look that it was sent upon. */
  readonly clean: boolean
}

export type Written = Publication & {
  readonly installation: string
  /** Whether a person wrote it: what it allows is then on that person. */
  readonly byHand?: boolean
  /** Whose keys these are, where they are not this pair's. */
  readonly pair?: Pair
}

export interface Vault {
  readonly latest: Written | null
  /** What a lagging mount may still show. */
  readonly before: Written | null
  /** Writes on their way that land in any order, or never. */
  readonly writes: readonly Written[]
}

/** The store that all coordinators share, with its conditions. */
export interface Store {
  readonly epoch: number
  readonly revision: number
  readonly record: AccountRecord
  readonly fleet: readonly Member[]
  readonly fleetRevision: number
}

export interface Leader {
  readonly up: boolean
  readonly epoch: number
  readonly revision: number
  readonly record: AccountRecord
  readonly reachableSince: number
  readonly arm: ArmView | null
  readonly vault: VaultView | null
  readonly probes: readonly ProbeView[]
  readonly evidence: EvidenceView | null
  readonly hooks: readonly HookView[]
  readonly stage: Stage
}

export type Stage =
  | { readonly at: 'idle' }
  /** It has looked, and has not decided yet. */
  | {
      readonly at: 'looked'
      readonly seen: Seen
      readonly clean: boolean
      readonly truth: Truth
    }
  /** It has read the fleet, and has not appended yet. */
  | {
      readonly at: 'read'
      readonly seen: Seen
      readonly clean: boolean
      readonly truth: Truth
      readonly fleet: readonly Member[]
      readonly fleetRevision: number
    }
  /** Its events are in the journal; the effect has not begun. */
  | {
      readonly at: 'recorded'
      readonly effect: Effect
      readonly clean: boolean
      readonly since: number
    }

/** What truly was when a turn began to look. */
export interface Truth {
  readonly keys: Fingerprints
  readonly published: Written | null
}

export type Seen = Pick<World, 'arm' | 'vault' | 'probes' | 'evidence'>

export type Life = 'up' | 'stopped' | 'dead'

export interface Sidecar {
  /** Under which name it reports. */
  readonly name: string
  /** Tells processes under one name apart, across restarts. */
  readonly id: string
  /** `dead` may start again; `gone` never does. */
  readonly life: Life | 'gone'
  readonly state: MemberState
  readonly ring: Keyset | null
  readonly disk: DurableState | null
  readonly durable: boolean
  readonly starts: number
  readonly sent: number
  /** A report that the network still holds; it may arrive at any time. */
  readonly mail: IncomingReport | null
  /** An answer that the network still holds. */
  readonly answer: { readonly floor: number; readonly announced: number } | null
  readonly clients: readonly Client[]
  /** A new key that is not known yet on its way to Azure. */
  readonly unaware: Fingerprint | null
  /** The highest floor that it was answered, or found on its disk when it started. */
  readonly floor: number
  /** How old the keysets may be that its source gives. */
  readonly stalenessMs: number
  /** Whether the coordinator ever took a report of this process's durable life: it is bound. */
  readonly bound: boolean
  /** Whether the network kept it from joining: then it is outside the promise until it has. */
  readonly excused: boolean
  /** Whether its reports were lost since the last long time. */
  readonly silent: boolean
}

export interface Client {
  readonly identity: ClientIdentity
  readonly life: Life
  /** A new key that is not known yet on its own way to Azure. */
  readonly unaware: Fingerprint | null
  /** Whether its connection to the sidecar stands. */
  readonly connected: boolean
  readonly ring: Keyset | null
  readonly request: Request | null
  /** Whether it has made its one attempt: when it does is what the model chooses. */
  readonly isSpent: boolean
  readonly used: readonly { readonly fingerprint: Fingerprint; readonly at: number }[]
  readonly refusals: readonly KeyRefusal[]
  readonly sequence: number
}

export interface Request {
  readonly fingerprint: Fingerprint
  readonly region: number
  readonly tried: readonly Fingerprint[]
  /** Whether its container was re-created: then it is refused with every key (PROTOCOL, P16). */
  readonly isRefusedAll: boolean
}

/** The list with one of its entries changed. */
export const changed = <T>(list: readonly T[], index: number, change: Partial<T>): readonly T[] =>
  list.map((one, at) => (at === index ? { ...one, ...change } : one))
