import {
  type AccountRecord,
  type ArmView,
  attemptsOf,
  openSince,
  otherSlot,
  type Phase,
  type ProbeView,
  type Rotation,
  slots,
  type VaultView,
} from '@keyturn/core'
import { maySomebodyBeWaived, memberKeys, rowsKey } from './member-key.ts'
import { bit, Names, short } from './names.ts'
import { leaderOutsideKey, outsideKey, outsideRecordKey, retirementKey } from './outside-key.ts'
import { longMs } from './spec.ts'
import type { Leader, Seen, State, Store, Truth, Written } from './state.ts'

/**
 * What a state's future depends on, and nothing else: equal keys, equal futures. Members of one
 * kind are sorted, and so are their clients; names are as `Names` says.
 */
export const keyOf = (state: State): string => {
  const { hands } = state
  const { text, names, signature } = centreOf(state)
  // Either lets a turn go back: which one it was does not matter.
  const hand = bit(hands.aborted || hands.refusedOnce) + bit(hands.editedVault)
  const parts = [
    ...[text, hand, bit(isUntouched(state)), state.violations.join()],
    ...memberKeys(state, names, signature),
    misheard(state),
  ]
  return parts.join('|')
}

/** Only where faults of some kind come first does it matter whether there was one. */
const isUntouched = ({ spec, faults }: State): boolean =>
  spec.first !== undefined && faults.length === 0

/** Whom the table knows to have reported at another time than it did: no table that is well. */
const misheard = ({ store, heard, now }: State): string =>
  store.fleet
    .filter(({ name, incarnation, reportedAt }) => {
      const last = heard.find(one => one.name === name && one.incarnation === incarnation)
      return last !== undefined && now - last.at >= longMs !== now - reportedAt >= longMs
    })
    .map(({ name }) => name)
    .sort()
    .join()

interface Centre {
  readonly text: string
  /** What names everything met in it; members name what they meet beyond it for themselves. */
  readonly names: Names
  readonly signature: string
}

/** The last one that was worked out: a state's neighbours mostly share all but their members. */
let last: { readonly state: State; readonly centre: Centre } | null = null

const centreOf = (state: State): Centre => {
  if (last && sameCentre(last.state, state)) return last.centre
  const { record } = state.store
  const names = new Names(state.now, record.published?.version ?? 0)
  const parts = [
    azureKey(state, names),
    vaultKey(state, names),
    recordKey(record, names) + (maySomebodyBeWaived(state) ? sinceKey(record, names) : ''),
    outsideKey(state, names),
    ...state.leaders.map(leader => leaderKey(state, leader, names)),
  ]
  const centre = { text: parts.join('|'), names, signature: names.signature() }
  last = { state, centre }
  return centre
}

/** Everything that `centreOf` looks at, by identity. */
const sameCentre = (a: State, b: State): boolean =>
  a.spec === b.spec &&
  a.now === b.now &&
  a.azure === b.azure &&
  a.vault === b.vault &&
  a.leaders === b.leaders &&
  a.outside === b.outside &&
  a.store.record === b.store.record &&
  a.store.epoch === b.store.epoch &&
  a.store.revision === b.store.revision &&
  (a.store === b.store || !a.leaders.some(({ stage }) => stage.at === 'read'))

const azureKey = ({ azure, store, spec }: State, names: Names): string => {
  const named = operationOf(store.record)
  const keys = names.keys(azure.keys)
  const regions = azure.regions.map(region => names.keys(region)).join(',')
  const { operation } = azure
  const running = operation
    ? short(operation.slot) + bit(operation.id === named) + (operation.byHand ? 'h' : '')
    : '-'
  const ended = azure.ended.find(({ id }) => id === named)?.status ?? '-'
  const mail = azure.mail.map(({ slot, clean }) => short(slot) + bit(clean)).sort()
  const { primary, secondary } = azure.effects
  return [keys, spec.regions > 1 ? regions : '', running, ended, ...mail, primary, secondary].join()
}

const operationOf = (record: AccountRecord): string | null => {
  const phase = record.rotation?.phase
  const last = phase ? attemptsOf(phase).at(-1) : undefined
  return last?.outcome.is === 'accepted' ? last.outcome.operation : null
}

const writtenKey = (written: Written | null, names: Names): string =>
  written === null
    ? '-'
    : names.held(written) +
      (written.byHand ? '!' : '') +
      (written.pair ?? '') +
      (written.installation === 'here' ? '' : '?')

const vaultKey = ({ vault, spec }: State, names: Names): string => {
  const before = spec.lagging ? writtenKey(vault.before, names) : ''
  const writes = vault.writes.map(written => writtenKey(written, names)).sort()
  return [writtenKey(vault.latest, names), before, ...writes].join()
}

const recordKey = (record: AccountRecord, names: Names): string => {
  const { published, readBack, takesOver, rotation, retirement } = record
  const version = published
    ? names.held(published) + bit(published.confirmed) + names.age(published.at)
    : '-'
  const rest = rotationKey(rotation, names) + retirementKey(retirement, names)
  return [version, names.version(readBack), bit(takesOver), rest].join()
}

const sinceKey = ({ published }: AccountRecord, names: Names): string =>
  published ? slots.map(slot => names.version(openSince(published, slot))).join('.') : ''

const rotationKey = (rotation: Rotation | null, names: Names): string => {
  if (rotation === null) return '-'
  const { from, phase, phaseSince, paused, before } = rotation
  const { emergency } = rotation
  const since = phase.at === 'baking' || emergency ? names.age(phaseSince) : ''
  const roles = short(from) + names.keys(before) + phaseKey(phase, names) + since
  return roles + bit(paused !== null) + outsideRecordKey(rotation, names)
}

/** Nothing is sent before all earlier attempts are settled: only the last one matters. */
const phaseKey = (phase: Phase, names: Names): string => {
  const at = `${phase.at}${'part' in phase ? phase.part : ''}`
  const last = attemptsOf(phase).at(-1)
  if (!last) return at
  const { number, oldFingerprint, sendBefore, outcome } = last
  const settled = outcome.is === 'settled' ? names.age(outcome.at) : ''
  const sent = `${names.key(oldFingerprint)}${names.age(sendBefore - 100)}${outcome.is}${settled}`
  return `${at}${Math.min(number, 3)}${sent}`
}

const leaderKey = (state: State, leader: Leader, names: Names): string => {
  const { store, spec } = state
  if (!leader.up) return '-'
  const isCurrent = leader.revision === store.revision
  const leads = leader.epoch === store.epoch
  // Whoever was deposed and has nothing begun only answers reports, if it does that at all.
  if (!leads && leader.stage.at === 'idle') {
    if (spec.turns !== 'with-replicas') return 'deposed'
    return `deposed${bit(isCurrent)}${names.version(leader.record.readBack)}`
  }
  return [
    bit(leads) + names.age(leader.reachableSince),
    isCurrent ? '=' : recordKey(leader.record, names),
    spec.looks === 'rationed' ? armKey(leader.arm, names) + vaultViewKey(leader.vault, names) : '',
    probesKey(leader, names),
    stageKey(leader, store, names),
    leaderOutsideKey(state, leader),
  ].join()
}

const armKey = (arm: ArmView | null, names: Names): string =>
  arm === null
    ? '-'
    : [
        names.age(arm.at) + bit(arm.fresh) + bit(arm.idle) + bit(arm.error !== null),
        names.keys(arm.fingerprints),
        arm.operation?.status ?? '-',
      ].join('')

const vaultViewKey = (vault: VaultView | null, names: Names): string =>
  vault === null
    ? '-'
    : names.age(vault.at) +
      bit(vault.fresh) +
      bit(vault.error !== null) +
      names.held(vault.latest) +
      bit(vault.latest?.installation === 'here')

/** What was probed before matters only while a new key is on its way to being live. */
const probesKey = ({ record, probes }: Leader, names: Names): string => {
  const { rotation } = record
  const slot = rotation && slotProbed(rotation)
  return slot === null
    ? ''
    : probes
        .map(view => probeKey(view, names))
        .sort()
        .join()
}

const slotProbed = ({ phase, from }: Rotation) => {
  if (phase.at === 'probing-former') return from
  const isReverting = phase.at === 'reverting' && phase.part === 'probing'
  return phase.at === 'probing-standby' || isReverting ? otherSlot(from) : null
}

const probeKey = ({ fingerprint, regions }: ProbeView, names: Names): string =>
  names.key(fingerprint) +
  regions
    .map(({ accepted, since, at, fresh }) => {
      const span = at - since > 0 ? 'x' : '.'
      return Math.min(accepted, 2) + names.age(since) + span + bit(fresh)
    })
    .join('')

const stageKey = ({ stage }: Leader, store: Store, names: Names): string => {
  switch (stage.at) {
    case 'idle':
      return ''
    case 'looked':
      return `L${bit(stage.clean)}${truthKey(stage.truth, names)}${seenKey(stage.seen, names)}`
    case 'read': {
      const fleet = stage.fleet === store.fleet ? '=' : rowsKey(stage.fleet, names)
      const isCurrent = bit(stage.fleetRevision === store.fleetRevision)
      return `R${bit(stage.clean)}${truthKey(stage.truth, names)}${seenKey(stage.seen, names)}${isCurrent}${fleet}`
    }
    case 'recorded': {
      const { effect } = stage
      const what = effect.do === 'publish' ? names.held(effect.publication) : short(effect.slot)
      return `E${bit(stage.clean)}${names.age(stage.since)}${what}`
    }
  }
}

const truthKey = ({ keys, published }: Truth, names: Names): string =>
  names.keys(keys) + writtenKey(published, names)

const seenKey = ({ arm, vault, probes }: Seen, names: Names): string =>
  armKey(arm, names) +
  vaultViewKey(vault, names) +
  probes
    .map(view => probeKey(view, names))
    .sort()
    .join()
