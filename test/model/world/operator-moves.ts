import { attemptsOf, evictees, type Member, obey, type Verb } from '@keyturn/core'
import { gone, joins } from './fault-moves.ts'
import type { FaultName } from './faults.ts'
import { append, judgeEvents, lastSeen, setLeader } from './leader.ts'
import { mayBefall } from './may-befall.ts'
import type { Move } from './move.ts'
import { evidenceOf } from './outside.ts'
import { restarted, setClient, setSidecar } from './sidecar.ts'
import { expectedOf, lateName, policyOf } from './spec.ts'
import type { Leader, Sidecar, State } from './state.ts'
import { installation } from './truth.ts'
import { truthOf } from './turn.ts'

/** What people and machines do to mend things; and the verbs that may come at any moment. */
export const operatorMoves = (state: State): readonly Move[] => [
  ...state.sidecars.flatMap((_, index) => mendedSidecar(state, index)),
  ...startsCoordinator(state),
  ...spare(state),
  ...state.leaders.flatMap((leader, index) => verbMoves(state, leader, index)),
]

const mendedSidecar = (state: State, index: number): readonly Move[] => {
  const sidecar = state.sidecars[index]
  if (!sidecar) return []
  const moves: Move[] = []
  if (sidecar.life === 'dead') {
    const to = setSidecar(state, index, restarted(sidecar, state.spec.startsUnwritten))
    moves.push({ says: `${sidecar.id} starts again`, fault: null, to })
  }
  if (sidecar.life === 'stopped') {
    moves.push({
      says: `${sidecar.id} goes on`,
      fault: null,
      to: setSidecar(state, index, { life: 'up' }),
    })
  }
  for (const [at, { life, identity }] of sidecar.clients.entries()) {
    if (life !== 'stopped' || state.spec.outside?.nobodySpeaks) continue
    const to = setClient(state, index, at, { life: 'up' })
    moves.push({ says: `${identity.id} goes on`, fault: null, to })
  }
  if (sidecar.id.endsWith('-twin') && sidecar.life !== 'gone') {
    const to = setSidecar(state, index, gone(sidecar))
    moves.push({ says: `an operator shuts ${sidecar.id} down, clients and all`, fault: null, to })
  }
  return moves
}

const startsCoordinator = (state: State): readonly Move[] => {
  if (state.leaders.some(({ up }) => up)) return []
  const epoch = state.store.epoch + 1
  const { record, revision } = state.store
  const leader: Partial<Leader> = { up: true, epoch, revision, record, reachableSince: state.now }
  const to = setLeader({ ...state, store: { ...state.store, epoch } }, 0, leader)
  return [{ says: 'a coordinator starts', fault: null, to }]
}

/** Whoever wants to turn an account without any application starts one. */
const spare = (state: State): readonly Move[] => {
  if (state.spec.noFleet) return []
  const missing = expectedOf(state.spec).find(name => !isThere(state, name))
  if (missing !== undefined) {
    return [{ says: `${missing} starts`, fault: null, to: joins(state, missing, missing) }]
  }
  if (!state.sidecars.every(({ life }) => life === 'gone')) return []
  const name = `${lateName}-${state.sidecars.length}`
  return [{ says: 'a spare member starts', fault: null, to: joins(state, name, name) }]
}

const isThere = (state: State, name: string): boolean =>
  state.sidecars.some(sidecar => sidecar.name === name)

export const by = { by: 'ops', reason: 'the model' } as const

const verbMoves = (state: State, leader: Leader, index: number): readonly Move[] => {
  if (!leader.up || leader.stage.at !== 'idle') return []
  if (leader.epoch !== state.store.epoch) return []
  const moves: Move[] = []
  const say = (verb: Verb, says: string, fault: FaultName | null, rows: readonly Member[] = []) => {
    if (fault !== null && !mayBefall(state, fault)) return
    const to = obeyed(state, leader, index, verb, rows)
    if (to) moves.push({ says, fault, to })
  }
  const { rotation } = leader.record
  if (rotation?.paused) say({ verb: 'resume', ...by }, 'an operator resumes', null)
  else say({ verb: 'pause', ...by }, 'an operator pauses', 'paused')
  const attempts = rotation ? attemptsOf(rotation.phase).length : 0
  const isTooMuch = attempts >= policyOf(state.spec).limits.attemptsMax
  say({ verb: 'abort', ...by }, 'an operator aborts', isTooMuch ? null : 'aborted')
  const named = state.spec.neverEvicts ? [] : state.store.fleet.map(({ name }) => name)
  for (const name of new Set(named)) {
    const leaving = evictees(lastSeen(state, leader), name)
    if (leaving.length === 0 || !leaving.every(row => isDead(state, row))) continue
    const rows = leaving.map(row => ({ ...row, standing: 'evicted' as const }))
    say(
      { verb: 'evict', ...by, member: name },
      `an operator evicts ${name}, which is dead`,
      null,
      rows,
    )
  }
  return [...moves, ...vaultRemedies(state, leader, index)]
}

export const obeyed = (
  state: State,
  leader: Leader,
  index: number,
  verb: Verb,
  rows: readonly Member[],
): State | null => {
  const looks = verb.verb === 'adopt' || verb.verb === 'retire'
  const answer = obey({ ...lastSeen(state, leader), ...(looks ? sight(state) : {}) }, verb)
  if (!answer.done) return null
  const { state: after } = append(state, index, answer.events)
  const isHere = (one: Member) =>
    rows.find(({ incarnation, name }) => incarnation === one.incarnation && name === one.name)
  const fleet = after.store.fleet.map(one => isHere(one) ?? one)
  const hands = verb.verb === 'abort' ? { ...after.hands, aborted: true } : after.hands
  const heard = { ...after, hands, store: { ...after.store, fleet } }
  return judgeEvents(heard, answer.events, leader.record, truthOf(state), true)
}

/** `adopt` and `retire` look at everything themselves. */
export const sight = (state: State) => ({
  arm: {
    at: state.now,
    fresh: true,
    idle: state.azure.operation === null,
    fingerprints: state.azure.keys,
    generationTimes: { primary: null, secondary: null },
    operation: null,
    localAuthDisabled: state.azure.isRetired,
    error: null,
  },
  vault: {
    at: state.now,
    fresh: true,
    latest: state.vault.latest,
    foreign: false,
    error: null,
  },
  evidence: evidenceOf(state),
})

/** Nothing that lives goes by this incarnation, and nothing that it served is unheard of. */
const isDead = (state: State, row: Member): boolean =>
  state.sidecars
    .filter(({ name }) => name === row.name)
    .every(sidecar => !isOf(sidecar, row) && !mayBeMissed(state, sidecar))

const isOf = (sidecar: Sidecar, { incarnation }: Member): boolean =>
  sidecar.life !== 'gone' &&
  (sidecar.state.identity.incarnation === incarnation ||
    sidecar.disk?.identity.incarnation === incarnation)

/** Who has no disk is evicted at each restart: nobody can tell what it has forgotten. */
const mayBeMissed = (state: State, sidecar: Sidecar): boolean =>
  state.spec.durable && hasUnheardClients(state, sidecar)

/** Whether it has clients that hold a keyset and that its last report did not count. */
const hasUnheardClients = (state: State, sidecar: Sidecar): boolean => {
  const holders = sidecar.clients.filter(({ life, ring }) => life !== 'dead' && ring !== null)
  if (holders.length === 0) return false
  const { incarnation } = sidecar.state.identity
  const row = state.store.fleet.find(
    one => one.name === sidecar.name && one.incarnation === incarnation,
  )
  const counted = row ? row.report.clients.attached + row.report.clients.lost.length : 0
  return counted < holders.length || !holders.every(({ connected }) => connected)
}

/** The newest version that anybody truly holds, remembers, or may still read. */
const newestAnywhere = ({ vault, sidecars, spec }: State): number =>
  Math.max(
    ...[vault.latest, spec.lagging ? vault.before : null, ...vault.writes].map(
      written => written?.version ?? 0,
    ),
    ...sidecars.flatMap(({ ring, disk, clients }) => [
      ring?.version ?? 0,
      disk?.acknowledged?.version ?? 0,
      ...clients.map(client => client.ring?.version ?? 0),
    ]),
  )

/** What the sentence of VAULT_DIFFERS asks for: restore the version, or adopt again. */
const vaultRemedies = (state: State, leader: Leader, index: number): readonly Move[] => {
  const { latest } = state.vault
  const { published } = state.store.record
  // Whoever has adopted it waits for that to show.
  if (!published || !state.hands.editedVault || state.store.record.takesOver) return []
  const moves: Move[] = []
  const { version, active, fenced, fingerprints } = published
  if (latest?.byHand && latest.version >= version) {
    const restored = { version, active, fenced, fingerprints, installation }
    moves.push({
      says: `an operator restores version ${version} in the vault`,
      fault: null,
      to: { ...state, vault: { ...state.vault, latest: restored, before: latest } },
    })
  }
  const verb = { verb: 'adopt', by: 'ops', installation, takeOver: true } as const
  const to = obeyed(state, leader, index, verb, [])
  if (to) {
    // Once has to be enough, unless somebody's keyset is newer and has not been told of yet.
    const isEnough = (to.store.record.published?.version ?? 0) > newestAnywhere(state)
    const after = isEnough ? { ...to, hands: { ...to.hands, editedVault: false } } : to
    const says = 'an operator adopts the account again, with take-over'
    moves.push({ says, fault: null, to: after })
  }
  return moves
}
