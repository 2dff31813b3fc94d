import type { AccountStatus, MemberStatus } from '@keyturn/protocol'
import { table } from '../view/table.ts'
import { hanging, spoken } from '../view/words.ts'
import type { Troubled } from './trouble.ts'

export const fleetHeads = ['member', 'holds', 'signs', 'fenced', 'clients', 'in flight', 'heard']

/** One member in a table; `where` it runs last, as wide as it is. */
export const fleetRow = (
  { member, codes }: Troubled,
  published: AccountStatus['published'],
): readonly string[] => {
  const { name, standing, acknowledged, held, clients, reportedMsAgo } = member
  const lost = clients.lost.length === 0 ? '' : ` +${clients.lost.length} lost`
  const at = acknowledged ?? held
  return [
    name,
    versions(member),
    at === null ? 'nothing' : at.active,
    at === null || at.fenced.length === 0 ? '–' : at.fenced.join(),
    `${clients.attached}${lost}`,
    flying(member, published),
    `${spoken(reportedMsAgo)} ago`,
    [...(standing === 'joined' ? [] : [standing]), ...codes, whereOf(member)].join(' ').trim(),
  ]
}

/** Each row's lines: what stands last and is long goes below where the terminal is narrow. */
export const fleetLines = (rows: readonly (readonly string[])[], columns: number): string[][] => {
  const whole = table([...fleetHeads, ''], rows)
  if (whole.every(({ length }) => length <= columns)) return whole.map(line => [line])
  const cells = rows.map(row => row.slice(0, fleetHeads.length))
  const [heads = '', ...lines] = table(fleetHeads, cells)
  return [
    [heads],
    ...lines.map((line, index) => [line, ...hanging('    ', rows[index]?.at(-1) ?? '', columns)]),
  ]
}

/** What all its clients hold, and what it holds itself where that is more. */
const versions = ({ acknowledged, held }: MemberStatus): string => {
  if (held === null) return 'nothing'
  if (acknowledged?.version === held.version) return `v${held.version}`
  return `${acknowledged === null ? '–' : `v${acknowledged.version}`} of v${held.version}`
}

/** Under the key that is active, and under every other. */
const flying = ({ usage }: MemberStatus, published: AccountStatus['published']): string => {
  const active = published?.fingerprints[published.active]
  const sum = (own: boolean) =>
    usage
      .filter(({ fingerprint }) => (fingerprint === active) === own)
      .reduce((total, { inFlight }) => total + inFlight, 0)
  const others = sum(false)
  return others === 0 ? `${sum(true)}` : `${sum(true)} +${others} other`
}

/** Its source, where it runs, and what it runs, as far as it says so. */
const whereOf = ({ pod, source, release, durable }: MemberStatus): string =>
  [
    source,
    ...(pod ? [`${pod.namespace}/${pod.name}`] : []),
    ...(pod?.node === undefined ? [] : [`on ${pod.node}`]),
    ...(release === undefined ? [] : [`release ${release}`]),
    ...(durable === false ? ['forgets at a restart'] : []),
  ].join(' ')
