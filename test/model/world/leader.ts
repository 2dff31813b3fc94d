import {
  type AccountRecord,
  type ArmView,
  attemptsOf,
  type Blocker,
  type Decision,
  decide,
  type Fleet,
  fold,
  type JournalEvent,
  type Member,
  type Needs,
  needs,
  type ProbeView,
  type Slot,
  type World,
} from '@keyturn/core'
import { accepts } from './azure.ts'
import { evidenceLost, evidenceOf, outsideOf, policyIn } from './outside.ts'
import { judgeBeginning } from './outside-truth.ts'
import { judgePromises } from './promises.ts'
import { changed, type Leader, type Seen, type State, type Store, type Truth } from './state.ts'
import { broken, judgeCompletion, judgeTurningBack } from './truth.ts'

export interface Fails {
  readonly arm: boolean
  readonly vault: boolean
  readonly evidence?: true
}

export const known = (state: State, leader: Leader, fleet: readonly Member[]) => ({
  now: state.now,
  epoch: leader.epoch,
  record: leader.record,
  policy: policyIn(state),
  fleet: { reachableSince: leader.reachableSince, members: fleet } satisfies Fleet,
  ...outsideOf(state, leader),
})

/** The world as it was last seen, nothing looked up. */
export const lastSeen = (state: State, leader: Leader): World => ({
  ...known(state, leader, state.store.fleet),
  arm: leader.arm && { ...leader.arm, fresh: false },
  vault: leader.vault && { ...leader.vault, fresh: false },
  probes: leader.probes,
  evidence: leader.evidence && { ...leader.evidence, fresh: false },
})

export interface Gathered {
  /** With what it remembers of this look. */
  readonly leader: Leader
  readonly seen: Seen
  readonly looked: Needs
}

/** Looks at what the turn needs, as the production's gatherer does. */
export const gather = (state: State, leader: Leader, fails: Fails): Gathered => {
  const before = lastSeen(state, leader)
  const needed = needs(before)
  const arm = needed.arm ? lookAtArm(state, leader, fails.arm) : before.arm
  const vault = needed.vault ? readVault(state, leader, fails.vault) : before.vault
  const looked = needed.arm && arm !== null && arm.error === null
  const held = looked ? kept(leader.probes, arm) : leader.probes
  const probes = looked ? probe(state, held, needed.probes) : held
  const evidence = needed.evidence
    ? fails.evidence || state.spec.outside?.unread
      ? evidenceLost(state, leader.evidence)
      : evidenceOf(state)
    : (before.evidence ?? null)
  const memory = { ...leader, arm, vault, probes: probes.map(stale), evidence }
  return { leader: memory, seen: { arm, vault, probes, evidence }, looked: needed }
}

const kept = (probes: readonly ProbeView[], { fingerprints }: ArmView): readonly ProbeView[] =>
  probes.filter(
    ({ fingerprint }) =>
      fingerprint === fingerprints.primary || fingerprint === fingerprints.secondary,
  )

const stale = ({ fingerprint, regions }: ProbeView): ProbeView => ({
  fingerprint,
  regions: regions.map(region => ({ ...region, fresh: false })),
})

const operationOf = (record: AccountRecord): string | null => {
  const phase = record.rotation?.phase
  const last = phase ? attemptsOf(phase).at(-1) : undefined
  return last?.outcome.is === 'accepted' ? last.outcome.operation : null
}

const lookAtArm = ({ azure, now }: State, leader: Leader, fails: boolean): ArmView | null => {
  if (fails) return leader.arm && { ...leader.arm, at: now, fresh: false, error: 'away' }
  const named = operationOf(leader.record)
  const status =
    azure.operation?.id === named
      ? 'running'
      : (azure.ended.find(({ id }) => id === named)?.status ?? 'forgotten')
  return {
    at: now,
    fresh: true,
    idle: azure.operation === null,
    fingerprints: azure.keys,
    generationTimes: { primary: null, secondary: null },
    operation: named === null ? null : { operation: named, status },
    localAuthDisabled: azure.isRetired,
    error: null,
  }
}

const readVault = ({ vault, now }: State, leader: Leader, fails: boolean) => {
  if (!fails) return { at: now, fresh: true, latest: vault.latest, foreign: false, error: null }
  const last = leader.vault ?? { latest: null, foreign: false }
  return { ...last, at: now, fresh: false, error: 'away' }
}

const probe = (
  { azure, now }: State,
  before: readonly ProbeView[],
  slots: readonly Slot[],
): readonly ProbeView[] => {
  const found = slots.map((slot): ProbeView => {
    const fingerprint = azure.keys[slot]
    const known = before.find(view => view.fingerprint === fingerprint)?.regions ?? []
    const regions = azure.regions.map((_, index) => {
      const region = `region-${index}`
      const last = known.find(one => one.region === region)
      const shared = { region, at: now, fresh: true }
      if (!accepts(azure, index, fingerprint)) {
        return { ...shared, accepted: 0, since: now, failure: 'wrong-key' }
      }
      return last !== undefined && last.accepted > 0
        ? { ...shared, accepted: last.accepted + 1, since: last.since, failure: null }
        : { ...shared, accepted: 1, since: now, failure: null }
    })
    return { fingerprint, regions }
  })
  const probed = found.map(({ fingerprint }) => fingerprint)
  return [...before.filter(({ fingerprint }) => !probed.includes(fingerprint)), ...found]
}

export const waitsFor = (blockers: readonly Blocker[]): string =>
  [...new Set(blockers.map(({ code }) => code))].join(', ') || 'nothing'

/** `decide`, whose own failure is a violation as well. */
export const decided = (world: World): Decision | string => {
  try {
    return decide(world)
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

export type Appended =
  | { readonly ok: true; readonly state: State }
  | { readonly ok: false; readonly moved: 'leader' | 'journal' | 'fleet'; readonly state: State }

/** The store's three conditions, and the real fold. */
export const append = (
  state: State,
  index: number,
  events: readonly JournalEvent[],
  fleetRevision?: number,
): Appended => {
  const leader = state.leaders[index]
  const { store } = state
  if (!leader || leader.epoch !== store.epoch)
    return { ok: false, moved: 'leader', state: depose(state, index) }
  if (leader.revision !== store.revision) {
    return { ok: false, moved: 'journal', state: load(state, index) }
  }
  if (fleetRevision !== undefined && fleetRevision !== store.fleetRevision) {
    return { ok: false, moved: 'fleet', state: setLeader(state, index, { stage: { at: 'idle' } }) }
  }
  const record = events.reduce((before, event) => fold(before, event, state.now), store.record)
  const revision = store.revision + events.length
  const next: Store = { ...store, record, revision }
  return { ok: true, state: setLeader({ ...state, store: next }, index, { record, revision }) }
}

export const setLeader = (state: State, index: number, change: Partial<Leader>): State => ({
  ...state,
  leaders: changed(state.leaders, index, change),
})

export const load = (state: State, index: number): State =>
  setLeader(state, index, {
    record: state.store.record,
    revision: state.store.revision,
    stage: { at: 'idle' },
  })

/** Another one leads: it goes on only where it is to take reports. */
export const depose = (state: State, index: number): State =>
  state.spec.turns === 'with-replicas'
    ? setLeader(state, index, { stage: { at: 'idle' }, arm: null, vault: null, probes: [] })
    : setLeader(state, index, fallen)

export const fallen = {
  up: false,
  arm: null,
  vault: null,
  probes: [],
  evidence: null,
  hooks: [],
  stage: { at: 'idle' },
} as const

/** What the journal now says may itself break a promise. */
export const judgeEvents = (
  state: State,
  events: readonly JournalEvent[],
  before: AccountRecord,
  truth: Truth,
  clean: boolean,
): State => {
  let judged = state
  for (const event of events) {
    judged = judgePromises(judged, event, before, truth, clean)
    judged = judgeBeginning(judged, event)
    if (event.type === 'replanned') judged = anew(judged, before)
    if (event.type !== 'phase-entered') continue
    if (event.phase.at === 'completed' && before.rotation) {
      judged = judgeCompletion(judged, before.rotation.before, truth, clean)
    }
    if (event.phase.at === 'reverting' && before.rotation?.phase.at !== 'reverting') {
      judged = judgeTurningBack(judged)
    }
  }
  return judged
}

/**
 * A plan that is made anew turns the leaked slot once more where its key is still alive; where a
 * hand has changed it in this rotation, seen or unseen; and where an abort was bringing our own new
 * key to the vault: which of the two the operator meant is not known. The other slot never.
 */
const anew = (state: State, { rotation, published }: AccountRecord): State => {
  const { azure, outside } = state
  if (!outside.leaked || !published) return state
  const { slot, key } = outside.leaked
  const mayBeAlive =
    azure.keys[slot] === key ||
    azure.keys[slot] !== published.fingerprints[slot] ||
    rotation?.before[slot] !== key ||
    rotation?.phase.at === 'reverting'
  return mayBeAlive
    ? { ...state, azure: { ...azure, effects: { ...azure.effects, [slot]: 0 } } }
    : state
}

export const threw = (state: State, message: string): State =>
  broken(state, 0, `the decision throws: ${message}`)
