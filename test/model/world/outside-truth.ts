import {
  type BlockerCode,
  type Fingerprint,
  hasEnded,
  type JournalEvent,
  type Slot,
  type Waiver,
} from '@keyturn/core'
import { isSignedWithOutside, setOutside } from './outside.ts'
import type { Client, Sidecar, State } from './state.ts'
import { broken } from './truth.ts'

/** For the key that is there now: what was said of the one before says nothing. */
const waiversOf = ({ outside, azure }: State, slot: Slot): readonly Waiver[] =>
  outside.waivers.filter(waiver => waiver.slot === slot && waiver.key === azure.keys[slot])

/** Whoever waives one of these says: never mind what this member still holds unfenced. */
const aboutRings: readonly BlockerCode[] = [
  'KEYSET_BEHIND',
  'NOT_FENCED',
  'MEMBER_STALE',
  'MEMBER_TWIN',
  'MEMBER_NOT_DURABLE',
  'SOURCE_LAG',
]

/** Whether somebody has taken upon himself, by name, that this client may still sign (invariant 1). */
export const isWaivedByName = (
  state: State,
  slot: Slot,
  { name }: Sidecar,
  { identity, request }: Client,
): boolean =>
  waiversOf(state, slot)
    .filter(({ member }) => member === name)
    .some(({ code, client }) => {
      if (code === 'CLIENT_LOST') return client === undefined || client === identity.id
      return aboutRings.includes(code) || (code === 'IN_FLIGHT' && request !== null)
    })

/** Whether somebody said that a member who never reported is none. */
export const isWaivedUnheard = (state: State, name: string): boolean => {
  const waivers = state.store.record.rotation?.waivers ?? []
  return waivers.some(({ code, member }) => code === 'MEMBER_MISSING' && member === name)
}

/** Invariant 1, of those whom only Azure sees, or only the policy names. */
export const judgeOutsiders = (state: State, slot: Slot): State => {
  const { outside, azure, spec } = state
  const key = azure.keys[slot]
  const waivers = waiversOf(state, slot)
  const isWaived = (...codes: readonly BlockerCode[]) =>
    waivers.some(({ code }) => codes.includes(code))
  const isSeen =
    spec.outside?.evidence === true && (outside.strays.includes(key) || hasLateStray(state, key))
  if (isSeen && !isWaived('RECENTLY_USED', 'EVIDENCE_PENDING')) {
    return broken(state, 1, `a stray signs with the ${slot} key that is regenerated`)
  }
  const user = outside.consumers
    .filter(({ uses }) => uses === key)
    .find(({ name }) => !waivers.some(({ consumer }) => consumer === name))
  return user ? broken(state, 1, `${user.name} uses the ${slot} key that is regenerated`) : state
}

/** Who began before the fence shows in time; who began behind it, once Azure shows it. */
const hasLateStray = ({ outside, now }: State, key: Fingerprint): boolean =>
  outside.late.some(
    one => one.key === key && one.since !== null && (one.since < now || !one.isBehindFence),
  )

/** What an emergency, an approval or a window promises of what is written into the journal. */
export const judgeBeginning = (state: State, event: JournalEvent): State => {
  const { outside, spec, store } = state
  const isUrgent = outside.leaked !== null
  switch (event.type) {
    case 'waived': {
      const key = state.azure.keys[event.slot]
      const isKnown = outside.waivers.some(one => one.key === key && sameWaiver(one, event))
      return isKnown
        ? state
        : setOutside(state, { waivers: [...outside.waivers, { ...event, key }] })
    }
    case 'regenerate-intended': {
      if (isUrgent && event.slot !== outside.leaked?.slot) {
        return broken(
          state,
          8,
          `an emergency regenerates the ${event.slot} key, which never leaked`,
        )
      }
      const phase = store.record.rotation?.phase.at
      const asked = spec.outside?.approval?.before.some(before => before === phase)
      const isMissing = asked && !outside.approved.some(approved => approved === phase)
      if (isMissing && !isUrgent) return broken(state, 8, `nobody has approved ${phase}`)
      return isOutsideWindow(state) ? broken(state, 8, 'a key goes outside the window') : state
    }
    case 'phase-entered': {
      const left = event.phase.at === 'reverted' ? (store.record.published?.fenced ?? []) : []
      return left.length > 0
        ? broken(state, 5, `it has gone back, and ${left.join()} is fenced`)
        : state
    }
    case 'publish-intended': {
      const { active, fenced } = event.publication
      const begins =
        event.because === undefined && (fenced.length > 0 || isNewlyActive(state, active))
      return begins && isOutsideWindow(state)
        ? broken(state, 8, 'a key is fenced or taken up outside the window')
        : state
    }
    default:
      return state
  }
}

const sameWaiver = (a: Waiver, b: Waiver): boolean =>
  a.code === b.code &&
  a.slot === b.slot &&
  a.member === b.member &&
  a.client === b.client &&
  a.consumer === b.consumer

const isOutsideWindow = ({ spec, outside }: State): boolean =>
  spec.outside?.windows === true &&
  !outside.isWindowOpen &&
  outside.leaked === null &&
  !outside.waivers.some(({ code }) => code === 'OUTSIDE_WINDOW')

const isNewlyActive = ({ store }: State, active: Slot): boolean =>
  store.record.rotation?.phase.at === 'switching' && store.record.rotation.from !== active

/** Nobody is blamed for a use that the coordinator or the fleet made. */
export const judgeBlaming = (state: State, codes: readonly BlockerCode[]): State =>
  codes.includes('RECENTLY_USED') && !hasOutsiders(state)
    ? broken(state, 6, 'it waits for a stray, and there never was one')
    : state

const hasOutsiders = ({ spec: { outside } }: State): boolean =>
  outside?.strays !== undefined ||
  outside?.lateStrays !== undefined ||
  outside?.thief !== undefined ||
  outside?.retires === true

/** A hook reads what stands in the vault: there it has to be. */
export const judgeHook = (state: State, consumer: string): State => {
  const { vault, store, hands } = state
  const isThere = vault.latest?.version === store.record.published?.version
  return isThere || hands.editedVault
    ? state
    : broken(state, 8, `the hook of ${consumer} reads what is about to be written over`)
}

/** Key authentication ends only once nobody uses a key, and somebody has asked twice. */
export const judgeRetiring = (state: State): State => {
  const { outside, azure, now } = state
  if (outside.confirmed < 2)
    return broken(state, 8, 'nobody has asked twice to end key authentication')
  const { rotation } = state.store.record
  if (rotation && !hasEnded(rotation.phase)) {
    return broken(state, 8, `key authentication ends in ${rotation.phase.at}`)
  }
  const everybody = state.sidecars.flatMap(({ clients }) => clients)
  const user = everybody.find(
    ({ life, isSpent, used }) =>
      !isSpent && (life === 'stopped' || (life === 'up' && used.some(({ at }) => at === now))),
  )
  if (user) return broken(state, 1, `${user.identity.id} uses a key when key authentication ends`)
  const keys = Object.values(azure.keys)
  if (keys.some(key => isSignedWithOutside(state, key))) {
    return broken(state, 1, 'a stray signs when key authentication ends')
  }
  const [consumer] = outside.consumers
  return consumer
    ? broken(state, 1, `${consumer.name} uses a key when key authentication ends`)
    : state
}
