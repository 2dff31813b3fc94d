import { groupsOf, headOf } from '../blockers/groups.ts'
import { bar } from '../view/bar.ts'
import type { Paint } from '../view/paint.ts'
import { about, cut, grouped, listed, plural, spoken, wrapped } from '../view/words.ts'
import { hasEnded, type PhaseLine, phaseLines, timesOf, type Watched } from './watched.ts'

export interface Canvas {
  readonly columns: number
  readonly rows: number
  readonly paint: Paint
  /** Named by the operator: commands that help name it as well. */
  readonly account?: string | undefined
}

/** The whole picture. Where rows are few, phases are folded away before blockers are. */
export const picture = (watched: Watched, now: number, canvas: Canvas): string => {
  const { paint, columns, rows } = canvas
  const phases = phaseLines(watched, now)
  const head = [...title(watched, canvas), '']
  // What was heard of fleet and blockers is from before the end.
  if (watched.summary?.rotation && hasEnded(watched.summary.rotation)) {
    return [...head, ...phasesWithin(rows - head.length - 1, phases, canvas), ''].join('\n')
  }
  const fleet = fleetLines(watched, canvas)
  const bottom = [
    '',
    ...awayLines(watched, now, canvas),
    paint('dim', cut(`  ${clock(phases)}Ctrl-C leaves it running`, columns)),
  ]
  const left = rows - head.length - fleet.length - bottom.length
  const blockers = blockerLines(watched, Number.POSITIVE_INFINITY, canvas)
  const shown = phasesWithin(Math.max(3, left - blockers.length), phases, canvas)
  const waiting = blockerLines(watched, left - shown.length, canvas)
  return [...head, ...shown, ...fleet, ...waiting, ...bottom].join('\n')
}

/** As many phases as there are rows: those far ahead go first, then those long done. */
const phasesWithin = (rows: number, phases: readonly PhaseLine[], canvas: Canvas): string[] => {
  if (phases.length <= rows) return phases.map(phase => phaseLine(phase, canvas))
  const of = (which: PhaseLine['is']) => phases.filter(({ is }) => is === which)
  const [done, present, ahead] = [of('done'), of('now'), of('ahead')]
  const free = rows - present.length - 1
  const keptDone = free >= done.length ? done.length : Math.max(0, free - 1)
  const keptAhead = Math.max(0, free - done.length)
  return [
    ...foldedDone(done.slice(0, done.length - keptDone), canvas),
    ...[...done.slice(done.length - keptDone), ...present, ...ahead.slice(0, keptAhead)].map(
      phase => phaseLine(phase, canvas),
    ),
    ...foldedAhead(ahead.slice(keptAhead), canvas),
  ]
}

const foldedDone = (done: readonly PhaseLine[], { paint }: Canvas): string[] => {
  const last = done.at(-1)
  const ms = done.reduce((sum, phase) => sum + phase.ms, 0)
  return last ? [`  ${paint('green', '✓')} ${`…${last.name}`.padEnd(22)}${spoken(ms)}`] : []
}

const foldedAhead = (ahead: readonly PhaseLine[], { paint, columns }: Canvas): string[] => {
  const names = ahead.map(({ name }) => name)
  return names.length === 0 ? [] : [paint('dim', cut(`  · ${listed(names, 2)}`, columns))]
}

const title = ({ summary }: Watched, { paint, columns }: Canvas): string[] => {
  const rotation = summary?.rotation
  if (!summary || !rotation) return ['Waiting for the coordinator.']
  const { plan = 'full', from, by, reason, emergency, status } = rotation
  const keys = {
    full: 'both keys',
    standby: `the ${from === 'primary' ? 'secondary' : 'primary'} key`,
    active: `the ${from} key`,
  }[plan]
  const leaked = emergency ? `, emergency: the ${emergency.slot} key has leaked` : ''
  const paused = status === 'paused' ? ', paused' : ''
  return [
    paint('bold', cut(`${summary.name}: turning ${keys}${leaked}${paused}`, columns)),
    paint('dim', cut(`${from} signed when ${by} began it (${reason})`, columns)),
  ]
}

const phaseLine = ({ name, is, ms, expectedMs }: PhaseLine, { paint, columns }: Canvas) => {
  const label = name.padEnd(22)
  if (is === 'done') return `  ${paint('green', '✓')} ${label}${spoken(ms)}`
  const expected = expectedMs === null ? '' : about(expectedMs)
  if (is === 'ahead') return paint('dim', `  · ${label}${expected}`)
  const isLate = expectedMs !== null && ms > expectedMs * 1.5 + 10_000
  const of = expectedMs === null ? '' : ` of ${expected}`
  const words = `  ▸ ${label}${spoken(ms)}${of}${isLate ? ', longer than expected' : ''}`
  const width = Math.min(24, columns - words.length - 2)
  const share = expectedMs === null || isLate || width < 6 ? '' : `  ${bar(ms, expectedMs, width)}`
  return paint(isLate ? 'yellow' : 'cyan', cut(words + share, columns))
}

/** How far the fleet is: who holds what was published last, and who has let go of the key to go. */
const fleetLines = ({ progress, summary }: Watched, canvas: Canvas): string[] => {
  if (!progress) return []
  const { members, acknowledged, version, going } = progress
  if (members === 0) return ['', '  The fleet is empty.']
  const isFencing = summary?.rotation?.phase.startsWith('fencing') ?? false
  const flying = going?.inFlight ? `, ${plural(going.inFlight, 'request')} in flight` : ''
  return [
    '',
    fleetLine(`version ${version ?? '–'} held`, acknowledged, members, canvas),
    ...(going && isFencing
      ? [fleetLine(`${going.slot} let go`, going.drained, members, canvas, flying)]
      : []),
  ]
}

const fleetLine = (
  what: string,
  done: number,
  total: number,
  { paint, columns }: Canvas,
  more = '',
): string => {
  const words = `${grouped(done)} of ${plural(total, 'member')}${more}`
  const width = Math.max(6, Math.min(24, columns - 28 - words.length))
  const drawn = paint(done === total ? 'green' : 'cyan', bar(done, total, width))
  return `    ${what.padEnd(22)}${drawn}  ${cut(words, Math.max(1, columns - 28 - width))}`
}

const blockerLines = ({ blocked }: Watched, room: number, canvas: Canvas): string[] => {
  const { paint, columns, account } = canvas
  if (blocked.count === 0) return []
  const groups = groupsOf(blocked.blockers, account)
  const lines = ['', '  waits for']
  for (const [index, group] of groups.entries()) {
    const own = [
      paint('yellow', cut(`  ! ${headOf(group)}`, columns)),
      ...wrapped(group.sentence, columns - 6).map(line => `    ${line}`),
      ...(group.remedy === null ? [] : [paint('cyan', `    ${group.remedy}`)]),
    ]
    if (lines.length + own.length + (index < groups.length - 1 ? 1 : 0) > room) {
      return [...lines, paint('yellow', `  ! and ${groups.length - index} more: keyturn status`)]
    }
    lines.push(...own)
  }
  return lines
}

const awayLines = ({ away }: Watched, now: number, { paint, columns }: Canvas): string[] => {
  if (!away) return []
  const silent = `The coordinator has not answered for ${spoken(now - away.since)}: the rotation goes on when it is back.`
  return wrapped(silent, columns - 2).map(line => paint('red', `  ${line}`))
}

const clock = (phases: readonly PhaseLine[]): string => {
  if (phases.length === 0) return ''
  const { spentMs, leftMs } = timesOf(phases)
  const left = leftMs === null || leftMs < 1_000 ? '' : `, ${about(leftMs)} to go`
  return `${spoken(spentMs)} so far${left}   `
}
