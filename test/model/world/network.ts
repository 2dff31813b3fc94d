import { type IncomingReport, mayGoodbye, receive } from '@keyturn/core'
import { mayBefall, mayFail } from './may-befall.ts'
import { leaves } from './member-moves.ts'
import type { Move } from './move.ts'
import { isKnownAlready } from './nothing-new.ts'
import { isServing, mayTell, recorded, reportOf, setSidecar, step } from './sidecar.ts'
import type { Sidecar, State } from './state.ts'
import { kept } from './truth.ts'

type Answer = NonNullable<Sidecar['answer']>

/** A coordinator takes a report into the shared table, by the real rule; `null`: nobody is there. */
export const delivered = (
  state: State,
  name: string,
  report: IncomingReport,
  leader: number,
  isNewest = false,
): { readonly state: State; readonly answer: Answer } => {
  const { store } = state
  const known = store.fleet.filter(member => member.name === name)
  const received = receive(name, known, report, state.now)
  const record = state.leaders[leader]?.record ?? store.record
  const announced = record.published?.confirmed ? record.published.version : 0
  const answer = { floor: record.readBack, announced }
  const heard = hears(state, name, report)
  if (!received.taken) {
    const says = `the newest word of ${name} is refused as a late one`
    return { state: isNewest ? kept(state, 'P17', says) : state, answer }
  }
  const { rows, weakens } = received
  const isRow = (incarnation: string, of: string) =>
    rows.some(row => row.incarnation === incarnation && row.name === of)
  const fleet = [...store.fleet.filter(one => !isRow(one.incarnation, one.name)), ...rows]
  const fleetRevision = store.fleetRevision + (weakens ? 1 : 0)
  return { state: { ...state, heard, store: { ...store, fleet, fleetRevision } }, answer }
}

/** What was heard last of each incarnation, whatever the table makes of it. */
const hears = ({ heard, now }: State, name: string, report: IncomingReport): State['heard'] => {
  const { incarnation, sequence } = report
  const known = heard.find(one => one.name === name && one.incarnation === incarnation)
  if (known && known.report.sequence >= sequence) return heard
  return [...heard.filter(one => one !== known), { name, incarnation, at: now, report }]
}

export const answered = (sidecar: Sidecar, answer: Answer, state: State): Sidecar => {
  const floor = Math.max(sidecar.floor, answer.floor)
  const after = { ...step(isHeard(sidecar, state), { is: 'answered', ...answer }), floor }
  return state.spec.disk === 'at-once' ? recorded(after) : after
}

/** Whom nobody knew of when a call was sent cannot be answered for until that call has ended. */
const isHeard = (sidecar: Sidecar, { azure, leaders }: State): Sidecar => {
  const isUnderWay =
    azure.operation !== null ||
    azure.mail.length > 0 ||
    leaders.some(({ stage }) => stage.at === 'recorded' && stage.effect.do === 'regenerate')
  return { ...sidecar, bound: true, excused: sidecar.excused && isUnderWay }
}

const hasReported = (sidecar: Sidecar): Sidecar => ({ ...sidecar, sent: sidecar.sent + 1 })

/** Everything that may become of one report. */
export const reportMoves = (state: State, index: number): readonly Move[] => {
  const sidecar = state.sidecars[index]
  if (sidecar?.life !== 'up' || !mayTell(sidecar)) return []
  const report = reportOf(sidecar, false)
  const told = hasReported(sidecar)
  const says = `${sidecar.id} reports`
  const moves: Move[] = state.leaders.flatMap((leader, at) =>
    leader.up ? arrives(state, index, told, report, at, says) : [],
  )
  if (moves.length > 0 && mayBefall(state, 'report-lost')) {
    const to = setSidecar(state, index, { ...told, silent: true })
    moves.push({ says: `${says}, and nobody hears it`, fault: 'report-lost', to })
  }
  if (sidecar.mail === null && mayBefall(state, 'report-delayed')) {
    const to = setSidecar(state, index, { ...told, mail: report, silent: true })
    moves.push({ says: `${says}, and it is delayed`, fault: 'report-delayed', to })
  }
  return moves
}

const arrives = (
  state: State,
  index: number,
  told: Sidecar,
  report: IncomingReport,
  leader: number,
  says: string,
): Move[] => {
  const { state: heard, answer } = delivered(state, told.name, report, leader, true)
  const with_ = (sidecar: Sidecar): State => setSidecar(heard, index, sidecar)
  const whom = leader === 0 ? '' : ' to the second leader'
  const fine = answered(told, answer, state)
  const unanswered = { ...isHeard(told, state), silent: true }
  const isNew = !isKnownAlready(state, told, report, answer)
  const moves: Move[] = [{ says: `${says}${whom}`, fault: null, to: isNew ? with_(fine) : state }]
  if (!mayFail(state)) return moves
  if (told.mail === null) {
    moves.push({
      says: `${says}${whom}, and it will arrive once more`,
      fault: 'report-repeated',
      to: with_({ ...fine, mail: report }),
    })
  }
  moves.push({
    says: `${says}${whom}, the answer is lost`,
    fault: 'announcement-lost',
    to: with_(unanswered),
  })
  if (told.answer === null) {
    moves.push(
      {
        says: `${says}${whom}, the answer is delayed`,
        fault: 'announcement-delayed',
        to: with_({ ...unanswered, answer }),
      },
      {
        says: `${says}${whom}, the answer will come once more`,
        fault: 'announcement-repeated',
        to: with_({ ...fine, answer }),
      },
    )
  }
  return moves
}

/** What the network kept comes after all. */
export const lateMoves = (state: State, index: number): readonly Move[] => {
  const sidecar = state.sidecars[index]
  if (!sidecar) return []
  const moves: Move[] = []
  const leader = state.leaders.findIndex(({ up }) => up)
  if (sidecar.mail && leader >= 0) {
    const { state: heard } = delivered(state, sidecar.name, sidecar.mail, leader)
    const to = setSidecar(heard, index, { mail: null })
    moves.push({ says: `the report of ${sidecar.id} arrives late`, fault: null, to })
  }
  if (sidecar.answer && sidecar.life === 'up') {
    const after = answered({ ...sidecar, answer: null }, sidecar.answer, state)
    const to = setSidecar(state, index, after)
    moves.push({ says: `the late answer reaches ${sidecar.id}`, fault: null, to })
  }
  return moves
}

/** A pod is scaled in: its clients end well, then its sidecar says goodbye (PROTOCOL, P13). */
export const goodbyeMoves = (state: State, index: number): readonly Move[] => {
  const left = withoutClients(state, index)
  const sidecar = left?.sidecars[index]
  if (!left || sidecar?.life !== 'up' || sidecar.state.joining !== 'joined') return []
  if (!mayGoodbye(sidecar.state)) return []
  const leader = state.leaders.findIndex(({ up }) => up)
  if (leader < 0) return []
  const { state: heard } = delivered(left, sidecar.name, reportOf(sidecar, true), leader)
  const to = setSidecar(heard, index, { ...hasReported(sidecar), life: 'gone', answer: null })
  return [{ says: `${sidecar.id} and its clients end and say goodbye`, fault: 'member-leaves', to }]
}

const withoutClients = (state: State, index: number): State | null => {
  let left: State | null = state
  while (left && (left.sidecars[index]?.clients.length ?? 0) > 0) left = leaves(left, index, 0)
  return left
}

/** Availability first: whoever gets no answer for long enough serves outside the promise (P9). */
export const joinWaitMoves = (state: State, index: number): readonly Move[] => {
  const sidecar = state.sidecars[index]
  if (sidecar?.life !== 'up' || sidecar.state.joining !== 'joining') return []
  if (isServing(sidecar)) return []
  const nobody = !state.leaders.some(({ up }) => up)
  if (!nobody && !sidecar.silent) return []
  const after = step(sidecar, { is: 'join-wait-over' })
  const excused = sidecar.excused || (!nobody && !sidecar.bound)
  const to = setSidecar(state, index, { ...after, excused })
  return [{ says: `${sidecar.id} serves without an answer`, fault: null, to }]
}
