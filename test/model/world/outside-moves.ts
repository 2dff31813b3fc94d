import { type HookView, type OutsideEffect, obey, type Slot, slots, type Verb } from '@keyturn/core'
import type { FaultName } from './faults.ts'
import { decided, gather, lastSeen, setLeader } from './leader.ts'
import { mayBefall } from './may-befall.ts'
import type { Move } from './move.ts'
import { by, obeyed } from './operator-moves.ts'
import { type Outside, setOutside } from './outside.ts'
import { judgeHook, judgeRetiring } from './outside-truth.ts'
import { setClient } from './sidecar.ts'
import type { Leader, State } from './state.ts'

/** What those outside the fleet do of themselves, and what people say besides. */
export const outsideMoves = (state: State): readonly Move[] => {
  const emergencies = state.leaders.flatMap((leader, index) =>
    mayBefall(state, 'emergency') ? speaks(state, leader, index, emergencyWords(state)) : [],
  )
  if (state.spec.outside === undefined) return emergencies
  return [
    ...emergencies,
    ...strayMoves(state),
    ...lateStrayMoves(state),
    ...consumerMoves(state),
    ...windowMoves(state),
    ...(state.spec.outside.retires ? clientMoves(state) : []),
    ...state.leaders.flatMap((leader, index) => [
      ...hookMoves(state, leader, index),
      ...speaks(state, leader, index, words(state, leader)),
    ]),
  ]
}

interface Word {
  readonly says: string
  readonly fault: FaultName | null
  readonly verb: Verb
  /** What is true once it is obeyed, besides. */
  readonly truly?: Partial<Outside>
}

const speaks = (
  state: State,
  leader: Leader,
  index: number,
  words: readonly Word[],
): readonly Move[] => {
  if (!leader.up || leader.stage.at !== 'idle' || leader.epoch !== state.store.epoch) return []
  return words.flatMap(({ says, fault, verb, truly = {} }) => {
    const to = obeyed(setOutside(state, truly), leader, index, verb, [])
    return to ? [{ says, fault, to }] : []
  })
}

/** Once for each world: two leaked keys are declared one after the other. */
const emergencyWords = ({ outside, store, spec }: State): readonly Word[] => {
  const { published, rotation } = store.record
  if (outside.leaked !== null || published === null) return []
  const declaredIn = spec.outside?.declaredIn
  if (declaredIn && !declaredIn.some(phase => phase === rotation?.phase.at)) return []
  return slots.map(slot => ({
    says: `an operator says that the ${slot} key has leaked`,
    fault: 'emergency',
    verb: { verb: 'rotate', ...by, id: 'r2', slot, emergency: true },
    truly: { leaked: { slot, key: published.fingerprints[slot] } },
  }))
}

const words = (state: State, leader: Leader): readonly Word[] => [
  ...waivers(state, leader),
  ...approvals(state),
  ...acknowledgements(state),
  ...retirements(state),
]

/** What stands in the way now, and this world's operator takes upon himself, by name. */
const waivers = (state: State, leader: Leader): readonly Word[] => {
  const codes = state.spec.outside?.waives ?? []
  if (codes.length === 0) return []
  const { seen } = gather(state, leader, { arm: false, vault: false })
  const decision = decided({ ...lastSeen(state, leader), ...seen })
  if (typeof decision === 'string' || decision.kind !== 'wait') return []
  return decision.blockers
    .filter(({ code }) => codes.includes(code))
    .map(({ code, member, client, consumer }) => ({
      says: `an operator waives ${code}${member ? ` of ${client ?? member}` : ''}`,
      fault: null,
      verb: { verb: 'waive', ...by, code, member, client, consumer },
      truly: member || consumer ? {} : { waived: [...new Set([...state.outside.waived, code])] },
    }))
}

/** Whoever the policy names, whoever began it, and somebody else. */
const approvals = ({ spec, store, outside }: State): readonly Word[] => {
  const asked = spec.outside?.approval?.before ?? []
  const given = store.record.rotation?.approvals.map(({ phase }) => phase) ?? []
  const phase = asked.find(each => !given.includes(each))
  if (phase === undefined || spec.outside?.nobodySpeaks) return []
  const approver = (name: string, truly: Partial<Outside>): Word => ({
    says: `${name} approves ${phase}`,
    fault: null,
    verb: { verb: 'approve', by: name },
    truly,
  })
  return [
    approver('boss', { approved: [...outside.approved, phase] }),
    approver('ops', {}),
    approver('guest', {}),
  ]
}

/** An operator gives his word for a consumer only where it is true. */
const acknowledgements = (state: State): readonly Word[] => {
  const { rotation, published } = state.store.record
  if (!rotation || !published || state.spec.outside?.nobodySpeaks) return []
  return state.outside.consumers.flatMap(({ name, uses }): readonly Word[] => {
    if (!isMovedByHand(state, name)) return []
    const verb = { verb: 'acknowledge', ...by, consumer: name } as const
    const slot = slotMeant(state, verb)
    const isTrue = slot !== null && published.fingerprints[slot] !== uses
    const isNew = !rotation.moved.some(moved => moved.consumer === name && moved.slot === slot)
    const says = `an operator says that ${name} does not use the ${slot} key`
    return isTrue && isNew ? [{ says, fault: null, verb }] : []
  })
}

const slotMeant = (state: State, verb: Verb): Slot | null => {
  const [leader] = state.leaders
  const answer = leader && obey(lastSeen(state, leader), verb)
  const event = answer?.done ? answer.events[0] : undefined
  return event?.type === 'consumer-acknowledged' ? event.slot : null
}

const retirements = ({ spec, store, outside }: State): readonly Word[] => {
  if (!spec.outside?.retires) return []
  const word = (confirm: boolean): Word => ({
    says: `an operator asks ${confirm ? 'again' : ''} to end key authentication`,
    fault: null,
    verb: { verb: 'retire', ...by, confirm },
    truly: { confirmed: confirm ? Math.min(2, outside.confirmed + 1) : 1 },
  })
  return store.record.retirement?.is === 'intended' ? [] : [word(false), word(true)]
}

const strayMoves = (state: State): readonly Move[] =>
  state.outside.strays.map(key => {
    const strays = state.outside.strays.filter(one => one !== key)
    const { lastUse } = state.outside
    const at = (slot: Slot) => (state.azure.keys[slot] === key ? state.now : lastUse[slot])
    const then = { primary: at('primary'), secondary: at('secondary') }
    const to = setOutside(state, { strays, lastUse: then })
    return { says: 'a stray stops', fault: null, to }
  })

const lateStrayMoves = (state: State): readonly Move[] => {
  const { outside, azure, now, store } = state
  return outside.late.flatMap((stray): readonly Move[] => {
    const others = outside.late.filter(one => one !== stray)
    const slot = slots.find(one => azure.keys[one] === stray.key)
    if (stray.since !== null) {
      const lastUse = slot ? { ...outside.lastUse, [slot]: now } : outside.lastUse
      const to = setOutside(state, { late: others, lastUse })
      return [{ says: 'a late stray stops', fault: null, to }]
    }
    if (!slot) return []
    const isBehindFence = store.record.published?.fenced.includes(slot) ?? false
    const late = [...others, { ...stray, since: now, isBehindFence }]
    const says = `somebody outside the fleet begins to sign with the ${slot} key`
    return [{ says, fault: null, to: setOutside(state, { late }) }]
  })
}

/** Its owner moves a consumer off a key that is fenced; or, in the end, off keys altogether. */
const consumerMoves = (state: State): readonly Move[] => {
  const { published } = state.store.record
  const { consumers } = state.outside
  if (!published || state.spec.outside?.nobodySpeaks) return []
  if (state.spec.outside?.retires) {
    return consumers.map(({ name }) => ({
      says: `${name} needs no key any more, and is taken out of the policy`,
      fault: null,
      to: setOutside(state, { consumers: consumers.filter(one => one.name !== name) }),
    }))
  }
  return consumers
    .filter(({ name }) => isMovedByHand(state, name) && !hasLeft(state, name, published.active))
    .filter(({ uses }) => published.fenced.some(slot => published.fingerprints[slot] === uses))
    .map(({ name }) => ({
      says: `somebody moves ${name} to the ${published.active} key`,
      fault: null,
      to: moved(state, name, published.active),
    }))
}

/** Nobody moves it to the key that is to go, once he has said that it does not use it. */
const hasLeft = (state: State, name: string, slot: Slot): boolean => {
  const moved = state.store.record.rotation?.moved ?? []
  const isSaid = moved.some(one => one.consumer === name && one.slot === slot)
  return isSaid && slotMeant(state, { verb: 'acknowledge', ...by, consumer: name }) === slot
}

const isMovedByHand = ({ spec }: State, name: string): boolean =>
  spec.outside?.consumers?.some(one => one.name === name && one.by === 'operator') ?? false

const moved = (state: State, name: string, slot: Slot): State => {
  const { latest } = state.vault
  if (!latest) return state
  const { consumers, lastUse } = state.outside
  const before = consumers.find(one => one.name === name)?.uses
  const left = state.spec.outside?.consumersSign
    ? slots.filter(one => state.azure.keys[one] === before)
    : []
  const at = (one: Slot) => (left.includes(one) ? state.now : lastUse[one])
  return setOutside(state, {
    consumers: consumers.map(one =>
      one.name === name ? { ...one, uses: latest.fingerprints[slot] } : one,
    ),
    lastUse: { primary: at('primary'), secondary: at('secondary') },
  })
}

/** An application that is moved to Entra ID signs with no key any more. */
const clientMoves = (state: State): readonly Move[] =>
  state.sidecars.flatMap(({ clients }, index) =>
    clients.flatMap(({ life, isSpent, identity }, at) =>
      life === 'up' && !isSpent
        ? [
            {
              says: `${identity.id} is moved to Entra ID`,
              fault: null,
              to: setClient(state, index, at, { isSpent: true }),
            },
          ]
        : [],
    ),
  )

const windowMoves = (state: State): readonly Move[] => {
  if (!state.spec.outside?.windows || state.spec.outside.nobodySpeaks) return []
  const { isWindowOpen } = state.outside
  const says = isWindowOpen ? 'the window closes' : 'the window opens'
  return [{ says, fault: null, to: setOutside(state, { isWindowOpen: !isWindowOpen }) }]
}

/** A hook that was begun ends well: it has read what stands in the vault. */
const hookMoves = (state: State, leader: Leader, index: number): readonly Move[] =>
  leader.hooks
    .filter(({ is }) => is === 'running')
    .map(hook => {
      const others = leader.hooks.filter(one => one !== hook)
      const hooks: readonly HookView[] = [...others, { ...hook, is: 'succeeded', at: state.now }]
      const after = setLeader(state, index, { hooks })
      const to = moved(after, hook.consumer, state.vault.latest?.active ?? 'primary')
      return { says: `the hook of ${hook.consumer} has run`, fault: null, to }
    })

/** What a turn does besides keys and keysets. */
export const doesOutside = (state: State, index: number, effect: OutsideEffect): State => {
  if (effect.do === 'disable-local-auth') {
    const judged = judgeRetiring(state)
    return { ...judged, azure: { ...judged.azure, isRetired: true } }
  }
  const { rotation, consumer, slot } = effect
  const hook = { rotation, consumer, slot, is: 'running', at: state.now, detail: null } as const
  const others = state.leaders[index]?.hooks.filter(
    one => one.rotation === rotation && !(one.consumer === consumer && one.slot === slot),
  )
  return setLeader(judgeHook(state, consumer), index, { hooks: [...(others ?? []), hook] })
}
