import type { Blocker, Effect, JournalEvent, Member, OutsideEffect } from '@keyturn/core'
import { applies } from './effects.ts'
import type { FaultName } from './faults.ts'
import {
  append,
  decided,
  depose,
  type Fails,
  gather,
  judgeEvents,
  known,
  load,
  setLeader,
  threw,
  waitsFor,
} from './leader.ts'
import { mayBefall } from './may-befall.ts'
import type { Move } from './move.ts'
import { hasOnlyWaited } from './nothing-new.ts'
import { isProbed } from './outside.ts'
import { doesOutside } from './outside-moves.ts'
import { judgeBlaming } from './outside-truth.ts'
import type { Leader, Seen, State, Truth } from './state.ts'

const idle = { at: 'idle' } as const

interface Turning {
  readonly seen: Seen
  readonly clean: boolean
  /** The keys in ARM when this turn began to look. */
  readonly truth: Truth
}

/** All that a leader may do now. */
export const leaderMoves = (state: State, index: number): readonly Move[] => {
  const leader = state.leaders[index]
  if (!leader?.up) return []
  const { stage } = leader
  switch (stage.at) {
    case 'idle':
      return begins(state, index, leader)
    case 'looked':
      return state.spec.turns === 'with-replicas'
        ? [reads(state, index, stage)]
        : decides(state, index, leader, stage, state.store.fleet, undefined)
    case 'read':
      return decides(state, index, leader, stage, stage.fleet, stage.fleetRevision)
    case 'recorded':
      return applies(setLeader(state, index, { stage: idle }), index, stage)
  }
}

/** A deposed one only follows the journal; any other one looks. */
const begins = (state: State, index: number, leader: Leader): readonly Move[] => {
  if (leader.epoch !== state.store.epoch) {
    const behind = leader.revision !== state.store.revision
    if (state.spec.turns !== 'with-replicas') {
      return [
        {
          says: `${nameOf(index)} finds that another one leads`,
          fault: null,
          to: depose(state, index),
        },
      ]
    }
    return behind
      ? [{ says: `${nameOf(index)} follows the journal`, fault: null, to: load(state, index) }]
      : []
  }
  const well = looks(state, index, leader, { arm: false, vault: false }, null)
  const { looked } = gather(state, leader, { arm: false, vault: false })
  const moves = [...well]
  if (looked.evidence && mayBefall(state, 'arm-read-lost')) {
    const fails = { arm: false, vault: false, evidence: true } as const
    moves.push(...looks(state, index, leader, fails, 'arm-read-lost'))
  }
  if (looked.arm && mayBefall(state, 'arm-read-lost')) {
    moves.push(...looks(state, index, leader, { arm: true, vault: false }, 'arm-read-lost'))
  }
  if (looked.vault && mayBefall(state, 'vault-read-lost')) {
    moves.push(...looks(state, index, leader, { arm: false, vault: true }, 'vault-read-lost'))
  }
  return moves
}

const looks = (
  state: State,
  index: number,
  leader: Leader,
  fails: Fails,
  fault: FaultName | null,
): readonly Move[] => {
  const gathered = gather(state, leader, fails)
  const turning = { seen: gathered.seen, clean: true, truth: truthOf(state) }
  const says = fault ? ' (a look fails)' : ''
  if (state.spec.turns === 'whole') {
    const after = isProbed(setLeader(state, index, gathered.leader), gathered.looked.probes)
    const moves = decides(after, index, gathered.leader, turning, state.store.fleet, undefined)
    if (fault === null) {
      return moves.map(move =>
        hasOnlyWaited(state, move.to, index) ? { ...move, to: state } : move,
      )
    }
    // One fault at a time: what is done upon a failed look goes well.
    return moves
      .filter(move => move.fault === null)
      .map(move => ({ ...move, says: `${move.says}${says}`, fault }))
  }
  const to = setLeader(state, index, { ...gathered.leader, stage: { at: 'looked', ...turning } })
  return [{ says: `${nameOf(index)} looks around${says}`, fault, to }]
}

export const truthOf = ({ azure, vault }: State): Truth => ({
  keys: azure.keys,
  published: vault.latest,
})

const nameOf = (index: number): string => (index === 0 ? 'the coordinator' : 'the second leader')

const reads = (state: State, index: number, turning: Turning): Move => {
  const { fleet, fleetRevision } = state.store
  const stage = { ...turning, at: 'read', fleet, fleetRevision } as const
  return {
    says: `${nameOf(index)} reads the fleet`,
    fault: null,
    to: setLeader(state, index, { stage }),
  }
}

const decides = (
  state: State,
  index: number,
  leader: Leader,
  { seen, clean, truth }: Turning,
  fleet: readonly Member[],
  fleetRevision: number | undefined,
): readonly Move[] => {
  const forgetful = forgets(state) ? { arm: null, vault: null } : {}
  const quiet = setLeader(state, index, { ...forgetful, stage: idle })
  const decision = decided({ ...known(state, leader, fleet), ...seen })
  if (typeof decision === 'string') {
    return [{ says: `${nameOf(index)} decides`, fault: null, to: threw(quiet, decision) }]
  }
  if (decision.kind === 'wait') {
    const says = `${nameOf(index)} waits for ${waitsFor(decision.blockers)}`
    const to = judgeBlaming(quiet, codesOf(decision.blockers))
    return [{ says, fault: null, to }]
  }
  const { events, effect, outside } = decision
  const isIntent = events.some(({ type }) => type === 'regenerate-intended')
  const written =
    events.length === 0
      ? ({ ok: true, state: quiet } as const)
      : append(quiet, index, events, isIntent ? fleetRevision : undefined)
  const says = `${nameOf(index)} ${sentence(events, effect)}`
  if (!written.ok) {
    return [
      { says: `${says}, in vain: the ${written.moved} has moved`, fault: null, to: written.state },
    ]
  }
  const judged = judgeEvents(written.state, events, leader.record, truth, clean)
  if (outside) return [does(judged, index, outside)]
  if (!effect) return [{ says, fault: null, to: judged }]
  if (state.spec.turns === 'whole') {
    return applies(judged, index, { effect, clean, since: state.now }).map(move => ({
      ...move,
      says: `${says}: ${move.says}`,
    }))
  }
  const stage = { at: 'recorded', effect, clean, since: state.now } as const
  return [{ says, fault: null, to: setLeader(judged, index, { stage }) }]
}

const codesOf = (blockers: readonly Blocker[]) => blockers.map(({ code }) => code)

const does = (state: State, index: number, effect: OutsideEffect): Move => ({
  says: `${nameOf(index)} ${effect.do === 'run-hook' ? `runs the hook of ${effect.consumer}` : 'ends key authentication'}`,
  fault: null,
  to: doesOutside(state, index, effect),
})

/** Where every turn looks anew, nothing of the last look is of use. */
const forgets = ({ spec }: State): boolean => spec.looks === 'every-turn'

const sentence = (events: readonly JournalEvent[], effect: Effect | null): string => {
  const facts = events.map(event => {
    switch (event.type) {
      case 'phase-entered':
        return `enters ${event.phase.at}${'part' in event.phase ? ` (${event.phase.part})` : ''}`
      case 'publish-intended': {
        const { version, active, fenced } = event.publication
        const fences = fenced.length > 0 ? `, ${fenced.join(' and ')} fenced` : ''
        return `intends version ${version} (${active} active${fences}${event.because ? ', reconciled' : ''})`
      }
      case 'published':
        return `has read version ${event.version} back`
      case 'regenerate-intended':
        return `intends attempt ${event.attempt} to regenerate the ${event.slot} key`
      case 'regenerate-settled':
        return `settles attempt ${event.attempt} (${event.why})`
      default:
        return event.type
    }
  })
  const act = effect?.do === 'publish' ? [`writes version ${effect.publication.version}`] : []
  return [...facts, ...act].join(', ')
}
