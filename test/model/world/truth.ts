import { type Fingerprint, type Fingerprints, otherSlot, type Slot, slots } from '@keyturn/core'
import { acceptedEverywhere } from './azure.ts'
import { isWaivedByName, isWaivedUnheard, judgeOutsiders } from './outside-truth.ts'
import { expectedOf } from './spec.ts'
import type { Client, Sidecar, State, Truth } from './state.ts'

/**
 * What must always hold, told from what truly is: what each living client has in its hands and
 * what the account takes. Knows nothing of gates, reports or journals.
 */
export const installation = 'here'

/** Marks what a person wrote to the vault. */
export const writtenByHand = 'by-hand'

/** Whether this process can sign with the key: it holds it unfenced, or is doing so right now. */
const maySign = ({ ring, request }: Client, key: Fingerprint): boolean =>
  request?.fingerprint === key ||
  (ring !== null &&
    slots.some(slot => ring.keys[slot].fingerprint === key && !ring.fenced.includes(slot)))

/**
 * Whom the promise covers: clients of whoever joined and, where time is fair, of whoever serves
 * and was not kept from joining by the network. Whom the policy expects by name it covers before
 * they have reported; and where nobody has, everybody.
 */
const isCovered = (state: State, { name, bound, excused }: Sidecar): boolean => {
  const { spec, store, outside } = state
  const isUnheard = !store.fleet.some(member => member.name === name)
  const isAnybody = store.fleet.length === 0 && !outside.waived.includes('FLEET_UNKNOWN')
  const isExpected = expectedOf(spec).includes(name) && !isWaivedUnheard(state, name)
  if (isUnheard && (isAnybody || isExpected)) return true
  return !excused && (bound || spec.time === 'fair')
}

interface Covered {
  readonly sidecar: Sidecar
  readonly client: Client
}

/** Whoever follows what a person wrote is on that person. */
export const covered = (state: State): readonly Covered[] =>
  state.sidecars
    .filter(sidecar => isCovered(state, sidecar))
    .flatMap(sidecar => sidecar.clients.map(client => ({ sidecar, client })))
    .filter(({ client }) => client.life !== 'dead')
    .filter(({ client }) => client.ring?.endpoint !== writtenByHand)

export const broken = (state: State, invariant: number, what: string): State => ({
  ...state,
  violations: [...new Set([...state.violations, `invariant ${invariant}: ${what}`])],
})

/** The same for what a rule of the protocol promises beside them. */
export const kept = (state: State, rule: string, what: string): State => ({
  ...state,
  violations: [...new Set([...state.violations, `${rule}: ${what}`])],
})

const who = ({ client }: Covered): string => client.identity.id

/** Invariants 1 and 2, as `regenerateKey(slot)` is sent. */
export const judgeSending = (state: State, slot: Slot, clean: boolean): State => {
  const judged = judgeOutsiders(judgeArrival(state, slot), slot)
  if (!clean) return judged
  const remaining = otherSlot(slot)
  const key = state.azure.keys[remaining]
  const stranded = covered(state).find(
    ({ client: { ring } }) =>
      ring !== null &&
      (ring.keys[remaining].fingerprint !== key || ring.fenced.includes(remaining)),
  )
  if (stranded) {
    return broken(judged, 2, `${who(stranded)} cannot sign with the ${remaining} key that remains`)
  }
  const unproven = covered(state).find(({ sidecar }) => sidecar.unaware === key)
  if (unproven) {
    return broken(judged, 2, `${who(unproven)} is refused with the ${remaining} key that remains`)
  }
  return acceptedEverywhere(state.azure, key)
    ? judged
    : broken(judged, 2, `a region does not take the ${remaining} key that remains`)
}

/** Invariant 1, as it arrives and as it takes effect. */
export const judgeArrival = (state: State, slot: Slot): State => {
  const leaving = state.azure.keys[slot]
  const signer = covered(state).find(
    ({ sidecar, client }) =>
      maySign(client, leaving) && !isWaivedByName(state, slot, sidecar, client),
  )
  return signer
    ? broken(state, 1, `${who(signer)} can sign with the ${slot} key that is regenerated`)
    : state
}

/** Invariant 3: at most one effect per slot and rotation. */
export const judgeEffects = (state: State): State => {
  const twice = slots.find(slot => state.azure.effects[slot] > 1)
  return twice ? broken(state, 3, `the ${twice} key was regenerated twice`) : state
}

/** Invariant 4, wherever a ring takes something. */
export const goesBack = (before: number, after: number): boolean => after < before

/** Invariant 5: true now, or when the turn that says so began to look. */
export const judgeCompletion = (
  state: State,
  before: Fingerprints,
  atLook: Truth,
  clean: boolean,
): State => {
  if (!clean) return state
  const { keys } = state.azure
  const isLive = (slot: Slot, key: Fingerprint | undefined): boolean =>
    key === keys[slot] || key === atLook.keys[slot]
  const turned = { standby: ['secondary'], active: ['primary'], full: slots } as const
  const isPublished = (slot: Slot): boolean =>
    [state.vault.latest, atLook.published].some(
      one => one !== null && isLive(slot, one.fingerprints[slot]) && !one.fenced.includes(slot),
    )
  const { leaked } = state.outside
  for (const slot of slots) {
    const isTurned = leaked
      ? leaked.slot === slot
      : turned[state.spec.plan ?? 'full'].some(one => one === slot)
    if (isTurned && keys[slot] === (leaked?.key ?? before[slot]))
      return broken(state, 5, `the ${slot} key is still the old one`)
    if (!isPublished(slot)) return broken(state, 5, `the ${slot} key is not published unfenced`)
    const other = covered(state).find(
      ({ client }) => client.ring !== null && !isLive(slot, client.ring.keys[slot].fingerprint),
    )
    if (other) return broken(state, 5, `${who(other)} holds another ${slot} key`)
  }
  return state
}

/** PROTOCOL, P3 and P16: a rotation turns back by itself only where a key was truly refused. */
export const judgeTurningBack = (state: State): State =>
  state.hands.aborted || state.hands.refusedOnce
    ? state
    : broken(state, 6, 'it turns back, though nobody asked and no region refused a key')

/** PROTOCOL, P3 and P8: what a person put into the vault is not written over without a word. */
export const judgeWriting = (state: State, version: number, clean: boolean): State => {
  const { latest } = state.vault
  const isTheirs = latest?.byHand === true && latest.version >= version
  return clean && isTheirs && !state.store.record.takesOver
    ? broken(state, 7, `version ${version} is written over what somebody put there by hand`)
    : state
}
