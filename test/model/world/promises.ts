import {
  type AccountRecord,
  isFenced,
  type JournalEvent,
  otherSlot,
  type Publication,
  type Slot,
  sameFingerprints,
  slots,
} from '@keyturn/core'
import { accepts } from './azure.ts'
import { endpointOf } from './client.ts'
import { longMs } from './spec.ts'
import type { Client, Heard, Sidecar, State, Truth, Written } from './state.ts'
import { covered, installation, kept, writtenByHand } from './truth.ts'

/**
 * What the design and the protocol promise beside the five invariants, judged as an event is
 * journalled. Told from what truly is: who lives, which reports reached a coordinator and when,
 * what stood in the vault and what ran at ARM as the turn began to look. Never from a gate.
 */
export const judgePromises = (
  state: State,
  event: JournalEvent,
  before: AccountRecord,
  atLook: Truth,
  clean: boolean,
): State => {
  switch (event.type) {
    case 'regenerate-intended':
      return judgeIntent(state, event.slot, before, atLook, clean)
    case 'regenerate-settled':
      return isUnderWay(state)
        ? kept(state, 'P1', 'an attempt is called settled, which may still take effect')
        : state
    case 'publish-intended':
      return judgePublication(state, event.publication, event.because, before, atLook, clean)
    case 'adopted':
      return judgeAdoption(state)
    case 'phase-entered':
      return judgePhase(state, event.phase.at, before, atLook)
    default:
      return state
  }
}

const judgeIntent = (
  state: State,
  slot: Slot,
  before: AccountRecord,
  atLook: Truth,
  clean: boolean,
): State => {
  const all = [silence, twins, tooFew, refusedAtGateway].map(find => find(state, slot))
  const found = all.find(one => one !== null)
  if (found) return kept(state, ...found)
  const { published } = before
  return clean && published && !shows(atLook.published, published)
    ? kept(state, 'P2', `the ${slot} key goes though the vault shows something else`)
    : state
}

type Finding = readonly [rule: string, what: string] | null

const joinedHeard = ({ store, heard }: State): readonly Heard[] =>
  heard.filter(({ name, incarnation }) =>
    store.fleet.some(
      row => row.standing === 'joined' && row.name === name && row.incarnation === incarnation,
    ),
  )

const hasWaived = ({ store }: State, code: string, member: string): boolean =>
  store.record.rotation?.waivers.some(one => one.code === code && one.member === member) ?? false

/** Never by silence: whoever has not been heard for long may still be signing. */
const silence = (state: State): Finding => {
  const silent = joinedHeard(state).find(
    ({ name, at }) => state.now - at >= longMs && !hasWaived(state, 'MEMBER_STALE', name),
  )
  return silent ? ['P13', `a key goes though ${silent.name} has been silent for long`] : null
}

/** PROTOCOL, P10: two that report under one name block. */
const twins = (state: State): Finding => {
  const speaks = ({ state: { identity }, life, name }: Sidecar): boolean =>
    life === 'up' &&
    joinedHeard(state).some(
      heard => heard.name === name && heard.incarnation === identity.incarnation,
    )
  const names = state.sidecars.filter(speaks).map(({ name }) => name)
  const twin = names.find((name, index) => names.indexOf(name) !== index)
  return twin && !hasWaived(state, 'MEMBER_TWIN', twin)
    ? ['P10', `a key goes though two processes report as ${twin}`]
    : null
}

/** As many as the policy asks for, however they are called. */
const tooFew = (state: State): Finding =>
  joinedHeard(state).length < (state.spec.atLeast ?? 0)
    ? ['P9', 'a key goes though fewer members have joined than the policy asks for']
    : null

/** Whoever is refused with the key that remains, and has said so, would be cut off. */
const refusedAtGateway = (state: State, slot: Slot): Finding => {
  const remaining = state.azure.keys[otherSlot(slot)]
  const stranded = covered(state).find(
    ({ sidecar, client }) =>
      client.unaware === remaining &&
      joinedHeard(state).some(
        ({ name, report }) =>
          name === sidecar.name && report.refused.some(one => one.fingerprint === remaining),
      ),
  )
  return stranded
    ? ['P3', `${stranded.client.identity.id} said that it is refused with the key that remains`]
    : null
}

/** A POST of ours that is on its way or at work. */
const isUnderWay = ({ azure }: State): boolean =>
  (azure.operation !== null && azure.operation.byHand !== true) || azure.mail.length > 0

const shows = (written: Written | null, published: Publication): boolean =>
  written !== null &&
  written.installation === installation &&
  written.version === published.version &&
  written.active === published.active &&
  slots.every(slot => written.fenced.includes(slot) === published.fenced.includes(slot)) &&
  sameFingerprints(written.fingerprints, published.fingerprints)

type Because = (JournalEvent & { type: 'publish-intended' })['because']

const judgePublication = (
  state: State,
  publication: Publication,
  because: Because,
  { published }: AccountRecord,
  atLook: Truth,
  clean: boolean,
): State => {
  if (!published) return state
  const found =
    inUse(state, publication, published) ??
    unproven(state, publication, published, because, clean) ??
    unasked(state, because, published, atLook)
  return found ? kept(state, ...found) : state
}

/** PROTOCOL, P8: whoever takes over goes on above what anybody holds, or rings refuse it for ever. */
const judgeAdoption = (state: State): State => {
  const version = state.store.record.published?.version ?? 0
  const holder = joinedHeard(state).find(({ report }) => (report.held?.version ?? 0) >= version)
  const what = `version ${version} is published, and ${holder?.name} holds one that is not older`
  return holder ? kept(state, 'P8', what) : state
}

/** Nobody fences what somebody who is heard relies upon: his requests would fail. */
const inUse = (state: State, publication: Publication, before: Publication): Finding => {
  const { rotation } = state.store.record
  const slot = publication.fenced.find(one => !before.fenced.includes(one))
  // Only an intent is conditional on what is reported meanwhile.
  const isRaced = state.spec.turns === 'with-replicas'
  if (slot === undefined || isRaced || rotation?.emergency) return null
  const key = publication.fingerprints[slot]
  const user = covered(state).find(({ sidecar, client }) => {
    const uses =
      client.request?.fingerprint === key ||
      client.used.some(use => use.fingerprint === key && state.now - use.at < longMs)
    return uses && joinedHeard(state).some(heard => heard.name === sidecar.name && says(heard, key))
  })
  return user ? ['baking', `the fence falls on a key that ${user.client.identity.id} uses`] : null
}

const says = ({ report }: Heard, key: string): boolean =>
  report.usage.some(
    ({ fingerprint, inFlight, idleMs }) =>
      fingerprint === key && (inFlight > 0 || (idleMs !== null && idleMs < longMs)),
  )

/** A key is let loose where every region takes it (P4: a slot stays fenced until probed). */
const unproven = (
  { azure, spec }: State,
  publication: Publication,
  before: Publication,
  because: Because,
  clean: boolean,
): Finding => {
  // After a hand in the portal what is published is brought up to Azure in a version of its own.
  if (!clean || because || spec.faults.includes('hand-in-portal')) return null
  const slot = before.fenced.find(one => !publication.fenced.includes(one))
  if (slot === undefined) return null
  const key = publication.fingerprints[slot]
  return azure.regions.some((_, region) => !accepts(azure, region, key))
    ? ['P4', `the fence on the ${slot} key is lifted, which a region does not take`]
    : null
}

/** PROTOCOL, P3: keysets are reconciled after a hand, not after our own regeneration. */
const unasked = (
  { spec }: State,
  because: Because,
  published: Publication & { readonly confirmed: boolean },
  atLook: Truth,
): Finding =>
  because &&
  !spec.faults.includes('hand-in-portal') &&
  published.confirmed &&
  shows(atLook.published, published)
    ? ['P3', 'a version is published that nobody’s hand asks for']
    : null

const goesOn: readonly string[] = ['switching', 'baking', 'fencing-standby', 'fencing-former']

/** PROTOCOL, P7: where nobody acknowledges, only the vault says that something was published. */
const judgePhase = (
  state: State,
  phase: string,
  { published }: AccountRecord,
  atLook: Truth,
): State => {
  if (!state.spec.noFleet || !published || !goesOn.includes(phase)) return state
  return shows(state.vault.latest, published) || shows(atLook.published, published)
    ? state
    : kept(state, 'P7', `${phase} begins though version ${published.version} is not in the vault`)
}

/**
 * PROTOCOL, P9 and P11: a sidecar serves nothing below the floor that it was given, and nothing
 * older than what it acknowledged, before it was restarted as well. Asked of every state; what
 * was acknowledged is what its reports said.
 */
export const servesOlder = ({ sidecars, heard }: State, serves: (one: Sidecar) => boolean) =>
  sidecars.flatMap(sidecar => {
    const { ring, life, id, floor, state } = sidecar
    if (life !== 'up' || ring === null || ring.endpoint === writtenByHand) return []
    const { incarnation, previousIncarnation } = state.identity
    const said = heard
      .filter(one => one.incarnation === incarnation || one.incarnation === previousIncarnation)
      .map(({ report }) => report.acknowledged?.version ?? 0)
    const newest = Math.max(0, ...said)
    if (ring.version >= Math.max(newest, floor) || !serves(sidecar)) return []
    const serving = `${id} serves version ${ring.version}`
    return ring.version < newest
      ? [`P11: ${serving}, having acknowledged ${newest}`]
      : [`P9: ${serving}, below the floor ${floor}`]
  })

/** The active slot is the one that signs, unless its key was refused there. */
export const signsWithStandby = (client: Client, region: number): string | null => {
  const { request, ring, refusals, identity } = client
  if (request === null || ring === null) return null
  const active = ring.keys[ring.active].fingerprint
  const isRefused = refusals.some(
    ({ fingerprint, endpoint }) => fingerprint === active && endpoint === endpointOf(region),
  )
  return request.fingerprint === active || isRefused || isFenced(ring, ring.active)
    ? null
    : `${identity.id} signs with its standby though its active key is well`
}
