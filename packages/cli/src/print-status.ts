import type { AccountStatus } from '@keyturn/protocol'
import { groupsOf, headOf } from './blockers/groups.ts'
import { fleetHeads, fleetRow } from './fleet/rows.ts'
import { byTrouble } from './fleet/trouble.ts'
import { type Host, say, sizeOf } from './host.ts'
import { keyHeads, keyRows } from './status/keys.ts'
import { verdictOf } from './status/verdict.ts'
import { paintFor } from './view/paint.ts'
import { table } from './view/table.ts'
import { cut, plural, spoken, wrapped } from './view/words.ts'

const retirements = {
  asked: 'asked once to end it, nothing was changed',
  intended: 'is being ended',
  done: 'ended: no key of the account works any more',
} as const

/** Where there is no screen to fill; more are the fleet's command's. */
const membersShown = 8

/** One account on one screen: which key signs, who still uses which, and what is waited for. */
export const printStatus = (host: Host, status: AccountStatus): void => {
  const { name, published } = status
  if (!published) {
    say(host, `${name}: not adopted yet; keyturn init does it.`)
    return
  }
  const columns = (sizeOf(host).columns ?? 100) - 1
  for (const line of screen(host, status, published, columns)) say(host, line)
}

const screen = (
  host: Host,
  status: AccountStatus,
  published: NonNullable<AccountStatus['published']>,
  columns: number,
): readonly string[] => {
  const paint = paintFor(host)
  const members = status.members.filter(({ standing }) => standing === 'joined')
  const { isSwitched, sentence } = verdictOf({ published }, members)
  const { version, active, confirmed } = published
  const pair = status.pair === 'readOnly' ? ' (read-only keys)' : ''
  const unread = confirmed ? '' : ', not read back yet'
  const lines = [
    paint('bold', `${status.name}: version ${version}, ${active} signs${pair}${unread}`),
    ...wrapped(sentence, columns).map(line => paint(isSwitched ? 'green' : 'yellow', line)),
    '',
    ...table(keyHeads, keyRows(published, members, status.rotation?.before)).map(line =>
      cut(line, columns),
    ),
    ...evidenceLines(status).flatMap(text => wrapped(text, columns)),
    ...rotationLines(status).flatMap(text => wrapped(text, columns)),
    ...waitingLines(status, columns, paint),
  ]
  // The prompt's line, and those around the members.
  const { rows } = sizeOf(host)
  const most = rows === undefined ? membersShown : Math.max(2, rows - lines.length - 4)
  return [...lines, ...memberLines(status, most).map(line => cut(line, columns))]
}

const evidenceLines = ({ evidence, retirement }: AccountStatus): string[] => {
  const ended = retirement ? [`key authentication: ${retirements[retirement]}`] : []
  if (!evidence) return ended
  if (evidence.is === 'none') {
    return [
      ...ended,
      `strays: nothing sees them, as ${evidence.acceptedBy} accepted (${evidence.reason})`,
    ]
  }
  const { readMsAgo, error, lastUse } = evidence
  if (error !== null) return [...ended, `strays: Azure's word could not be read (${error})`]
  if (readMsAgo === null) return [...ended, 'strays: Azure is asked when a key is to go']
  const used = (slot: keyof typeof lastUse) => `${slot} ${lastUse[slot] ?? 'never'}`
  const read = `read ${spoken(readMsAgo)} ago`
  return [
    ...ended,
    `Azure's word on the last use: ${used('primary')}, ${used('secondary')} (${read})`,
  ]
}

const rotationLines = ({ rotation }: AccountStatus): string[] => {
  if (!rotation) return []
  const { id, phase, status, by, reason, phases, emergency, waivers, approvals } = rotation
  const inPhase = phases.find(({ name }) => name === phase)?.ms ?? 0
  const hasEnded = status === 'completed' || status === 'reverted'
  const since = hasEnded ? '' : `${spoken(inPhase)} in this phase, `
  const took = spoken(phases.reduce((sum, { ms }) => sum + ms, 0))
  return [
    '',
    `rotation ${id}: ${phase === status ? phase : `${phase} (${status})`}`,
    `  ${since}${took} altogether; begun by ${by} (${reason})`,
    ...(emergency ? [`  emergency: the ${emergency.slot} key has leaked`] : []),
    ...(approvals ?? []).map(
      ({ phase: approved, by: whose }) => `  approved: ${approved} by ${whose}`,
    ),
    ...(waivers ?? []).map(waiver => {
      const subject = waiver.client ?? waiver.member ?? waiver.consumer ?? waiver.slot
      return `  waived: ${waiver.code} of ${subject} by ${waiver.by} (${waiver.reason})`
    }),
  ]
}

const waitingLines = (
  { blockers }: AccountStatus,
  columns: number,
  paint: ReturnType<typeof paintFor>,
): string[] => {
  const groups = groupsOf(blockers)
  return groups.flatMap(group => [
    ...(group === groups[0] ? [''] : []),
    paint('yellow', `  waits: ${headOf(group)}`),
    ...wrapped(group.sentence, columns - 4).map(line => `    ${line}`),
    ...(group.remedy === null ? [] : [`    ${group.remedy}`]),
  ])
}

const memberLines = (status: AccountStatus, most: number): string[] => {
  const everybody = byTrouble(status).filter(({ member }) => member.standing === 'joined')
  if (everybody.length === 0) return []
  const rows = everybody.slice(0, most).map(each => fleetRow(each, status.published))
  const more = everybody.length - rows.length
  return [
    '',
    ...table([...fleetHeads, ''], rows),
    ...(more > 0 ? [`and ${plural(more, 'member')} more with less trouble: keyturn fleet`] : []),
  ]
}
