import type { PhaseName, Policy } from '@keyturn/core'
import type { FaultName } from './faults.ts'
import type { OutsideSpec } from './outside-spec.ts'

/** One small world: who is in it, how finely its processes are cut, and what may befall them. */
export interface Spec {
  readonly name: string
  /** What it is about, for whoever reads the table. */
  readonly about: string
  /** Members at the start, each with so many clients. */
  readonly members: readonly number[]
  /** How many clients a member has at the most. */
  readonly clientsMax: number
  readonly regions: 1 | 2
  /** Whether clients' requests are begun and ended one by one. */
  readonly traffic: 'none' | 'drain' | 'answers'
  /** Whether a leader's turn is one step, or looks, decides and acts one after the other. */
  readonly turns: 'whole' | 'stepwise' | 'with-replicas'
  /** Whether a leader looks at Azure in every turn, or only as often as it must. */
  readonly looks: 'every-turn' | 'rationed'
  /** Whether a sidecar and its clients move in one step, or each for itself. */
  readonly sidecars: 'whole' | 'stepwise'
  /** Whether the disk is written with what changed, or later. */
  readonly disk: 'at-once' | 'later'
  /** Whether a long time passes only once all that live and are not stopped have done their part. */
  readonly time: 'any' | 'fair'
  /** Whether members' mounts may lag. */
  readonly lagging: boolean
  readonly durable: boolean
  /** Whom the policy expects, where that is not whoever is there at the start. */
  readonly expected?: readonly string[]
  /** Under which name a late member starts, where that is not one that nobody expects. */
  readonly joinsAs?: string
  /** Which keys are turned: both of them, where it does not say. */
  readonly plan?: 'standby' | 'active'
  /** Whether a sidecar that starts again serves before it has written down who it is. */
  readonly startsUnwritten?: boolean
  /** Whether whoever is dead is never evicted: for faults after which nobody has to be. */
  readonly neverEvicts?: boolean
  /** Whose way to Azure may be another one, on which a new key is not known yet. */
  readonly gateways?: 'members' | 'clients' | 'regions'
  /** Whether a key that somebody regenerates in the portal takes its time, as Azure does. */
  readonly slowHands?: boolean
  /** Whether somebody lifts the fence in the vault in the very version that stands there. */
  readonly editsInPlace?: boolean
  /** Whether somebody puts the keys of the read-only pair into the secret of this one. */
  readonly mixesPairs?: boolean
  /** Whether a client says goodbye while its request is on the wire. */
  readonly hastyGoodbyes?: boolean
  /** Whether the policy says that there is no fleet. */
  readonly noFleet?: boolean
  /** How many members the policy asks for, whoever they are. */
  readonly atLeast?: number
  /** Whether it matters what a late report says: not where it is thrown away. */
  readonly weighsMail?: boolean
  readonly outside?: OutsideSpec
  /** Whether its gates may rightly stay shut for ever: then no end is asked for. */
  readonly mayWait?: boolean
  readonly faults: readonly FaultName[]
  /** Where only these may come first, so that a world with many faults stays small. */
  readonly first?: readonly FaultName[]
  /** How many faults befall one path. */
  readonly faultsMax: number
  /** Where the turn begins: with the standby, or with the former key, the standby being done. */
  readonly begins: 'preflight' | 'baking'
  /** The phase that is the end here; a turn that goes back ends there as well. */
  readonly ends: Extract<PhaseName, 'probing-standby' | 'switching' | 'completed'>
  readonly statesMax: number
}

/** A long time: beyond every limit. Nothing shorter ever passes. */
export const longMs = 1_000

const within = 500 // Every limit is shorter than a long time, and longer than none.

export const policyOf = (spec: Spec): Policy => {
  const { looks } = spec
  const rationed = looks === 'rationed' ? within : 0
  return {
    limits: {
      reportAgeMsMax: within,
      fleetSettleMs: within,
      sendWithinMs: 100,
      armSettleMs: 100,
      armPollMs: 0,
      armAgeMsMax: rationed,
      vaultAgeMsMax: rationed,
      // Shorter than a call may be late: nobody waits for its end by waiting to try again.
      attemptBackoffMs: 0,
      attemptsMax: 3,
      probesMin: 2,
      // A probe may come at once after another: nor does anybody wait for a late call by probing.
      probeSpanMs: 0,
      probeEveryMs: 0,
      bakeMs: within,
      quietMs: within,
      turnMsMax: longMs,
    },
    fleet: spec.noFleet
      ? { is: 'none', acceptedBy: 'the model', reason: 'nobody has a sidecar' }
      : { is: 'members', names: expectedOf(spec), atLeast: spec.atLeast ?? 0 },
    evidence: { is: 'none', acceptedBy: 'the model', reason: 'there are no strays' },
  }
}

export const expectedOf = ({ expected, members }: Spec): readonly string[] =>
  expected ?? members.map((_, index) => nameOf(index))

const names = ['one', 'two', 'three'] as const

export const nameOf = (index: number): string => names[index] ?? `member-${index}`

/** Whoever is not expected and comes later. */
export const lateName = 'late'
