import {
  type Held,
  type Member,
  type MemberReport,
  type Publication,
  type Sample,
  sameHeld,
} from '@keyturn/core'
import { bit, type Names } from './names.ts'
import { lateName, longMs } from './spec.ts'
import type { Client, Sidecar, State } from './state.ts'

/** Members of one kind in the alphabet's order: which of them is called what does not matter. */
export const memberKeys = (state: State, names: Names, centre: string): readonly string[] => {
  const signature = `${centre} ${names.held(adoptableOver(state))}`
  const all = new Set([...state.sidecars, ...state.store.fleet].map(({ name }) => name))
  return [...all]
    .map(
      name => (name.startsWith(lateName) ? 'L' : 'M') + groupKeyOf(state, name, names, signature),
    )
    .sort()
}

interface Known {
  readonly signature: string
  readonly sidecars: readonly Sidecar[]
  readonly rows: readonly Member[]
  readonly key: string
}

/** What each group came to when it was last asked for: most steps leave all groups but one. */
const lastKnown = new Map<string, Known>()

const groupKeyOf = (state: State, name: string, names: Names, signature: string): string => {
  const sidecars = state.sidecars.filter(sidecar => sidecar.name === name)
  const rows = state.store.fleet.filter(member => member.name === name)
  const before = lastKnown.get(name)
  if (
    before?.signature === signature &&
    sameList(before.sidecars, sidecars) &&
    sameList(before.rows, rows)
  ) {
    return before.key
  }
  const key = groupKey(state, sidecars, rows, names)
  lastKnown.set(name, { signature, sidecars, rows, key })
  return key
}

const sameList = <T>(a: readonly T[], b: readonly T[]): boolean =>
  a.length === b.length && a.every((one, index) => one === b[index])

/** All processes and all rows under one name. */
const groupKey = (
  state: State,
  sidecars: readonly Sidecar[],
  known: readonly Member[],
  shared: Names,
): string => {
  const incarnations = new Map<string, string>()
  const incarnation = (text: string | null | undefined): string => {
    if (!text) return '-'
    const known = incarnations.get(text) ?? `i${incarnations.size}`
    incarnations.set(text, known)
    return known
  }
  const parts = sidecars.map(sidecar => sidecarKey(state, sidecar, known, shared, incarnation))
  const rows = known
    .map(
      row =>
        (incarnations.get(row.incarnation) ?? 'z') +
        rowKey(row, shared.local(), adoptableOver(state), maySomebodyBeWaived(state)),
    )
    .sort()
  return [...parts, ...rows].join('/')
}

/** What was published, while somebody may have to adopt above what others hold instead. */
const adoptableOver = ({ hands, store }: State): Publication | null =>
  hands.editedVault ? store.record.published : null

/** Only a waiver asks what somebody acknowledged before, and since when a key has been open. */
export const maySomebodyBeWaived = ({ spec: { outside } }: State): boolean =>
  outside?.deadlines === true || outside?.waives?.includes('KEYSET_BEHIND') === true

/** Rows as a leader read them, whoever they belong to: nobody adopts by these. */
export const rowsKey = (rows: readonly Member[], names: Names): string =>
  rows
    .map(row => row.name + row.incarnation + rowKey(row, names.local(), null))
    .sort()
    .join('/')

const rowKey = (
  { standing, reportedAt, report, lastAcknowledged }: Member,
  names: Names,
  published: Publication | null,
  isRemembered = false,
): string =>
  standing === 'joined'
    ? `j${names.age(reportedAt)}${reportKey(report, names, published)}${isRemembered && lastAcknowledged ? names.held(lastAcknowledged) : ''}`
    : standing

/** What gates ask of a report, what `weakens` compares, and what has to be adopted above. */
const reportKey = (report: MemberReport, names: Names, published: Publication | null): string =>
  [
    [report.held, report.ahead ?? null]
      .map(one => (published && one && isOther(one, published) ? names.held(one) : ''))
      .join('+'),
    report.source.stalenessMsMax,
    bit(report.durable),
    names.held(report.acknowledged),
    names.usage(report.usage),
    report.refused
      .map(({ fingerprint, endpoint }) => names.key(fingerprint) + endpoint.at(-1))
      .sort(),
    `${report.clients.lost.length},${report.clients.attached}`,
  ].join(' ')

/** What was published grows only: whatever is older never counts again. */
const isOther = (one: Held, published: Publication): boolean =>
  one.version >= published.version && !sameHeld(one, published)

const sidecarKey = (
  state: State,
  sidecar: Sidecar,
  rows: readonly Member[],
  shared: Names,
  incarnation: (text: string | null | undefined) => string,
): string => {
  const names = shared.local()
  const { life, state: own, ring, disk, mail, answer } = sidecar
  const flags = bit(sidecar.bound) + bit(sidecar.excused) + bit(sidecar.silent)
  const identity = [
    incarnation(own.identity.incarnation) + bit(own.identity.confirmed),
    incarnation(own.identity.previousIncarnation),
  ]
  const stored = disk
    ? [
        incarnation(disk.identity.incarnation) + bit(disk.identity.confirmed),
        disk.identity.starts === own.identity.starts ? '' : '<',
        heldKey(disk.acknowledged, names) + names.version(disk.floor),
      ]
    : ['-']
  const held = [
    names.keyset(ring),
    own.held && own.held.version !== ring?.version ? names.held(own.held) : '',
    heldKey(own.acknowledged, names),
    names.version(own.floor),
    own.proven
      .filter(key => names.knows(key))
      .map(key => names.key(key))
      .sort()
      .join(''),
  ]
  const clients = sidecar.clients.map(client => clientKey(state, sidecar, client, names)).sort()
  const others = own.clients
    .filter(({ id }) => !sidecar.clients.some(({ identity: { id: one } }) => one === id))
    .map(client => client.state + sampleKey(client.sample, names))
    .sort()
  const row = mail && rows.find(one => one.incarnation === mail.incarnation)
  const isLate = mail !== null && row ? mail.sequence <= row.sequence : false
  const letter = mail
    ? [
        incarnation(mail.incarnation),
        incarnation(mail.previousIncarnation),
        isLate ? 'late' : '',
        isLate && !state.spec.weighsMail ? '' : reportKey(mail, names, adoptableOver(state)),
      ]
    : []
  const said = answer ? names.version(answer.floor) : ''
  const away = sidecar.unaware ? [`?${names.key(sidecar.unaware)}`] : []
  // A member that is well never forgets it.
  const forgotten = sidecar.floor === own.floor ? [] : [names.version(sidecar.floor)]
  return [
    life,
    flags,
    own.joining,
    ...identity,
    ...stored,
    ...held,
    ...clients,
    ...others,
    ...letter,
    said,
    ...away,
    ...forgotten,
  ].join(',')
}

const heldKey = (held: Held | null, names: Names): string => names.held(held)

const sampleKey = (sample: Sample | null, names: Names): string =>
  sample === null
    ? '?'
    : names.held(sample.held) +
      names.usage(sample.usage) +
      sample.refused
        .map(({ fingerprint, endpoint }) => names.key(fingerprint) + endpoint.at(-1))
        .sort()
        .join('')

/** A client as it is, with what its sidecar knows of it. */
const clientKey = (
  { now }: State,
  { state: own, disk }: Sidecar,
  client: Client,
  names: Names,
): string => {
  const { id } = client.identity
  const known = own.clients.find(one => one.id === id)
  const stored = bit(disk?.clients.some(one => one.id === id) ?? false)
  const knowledge = known ? known.state[0] + sampleKey(known.sample, names) : '-'
  const { request, ring } = client
  if (client.life === 'dead') return `dead${stored}${knowledge}`
  const signing = request
    ? names.key(request.fingerprint) +
      request.region +
      bit(request.isRefusedAll) +
      request.tried.map(key => names.key(key)).join('')
    : ''
  const used = client.used
    .filter(
      ({ fingerprint }) =>
        ring &&
        (ring.keys.primary.fingerprint === fingerprint ||
          ring.keys.secondary.fingerprint === fingerprint),
    )
    .map(({ fingerprint, at }) => names.key(fingerprint) + bit(now - at >= longMs))
    .sort()
  const refusals = client.refusals
    .map(
      ({ fingerprint, endpoint, proven }) => names.key(fingerprint) + endpoint.at(-1) + bit(proven),
    )
    .sort()
  return [
    client.life[0] + bit(client.connected) + bit(client.isSpent) + stored,
    knowledge,
    names.keyset(ring),
    signing,
    ...used,
    ...refusals,
    client.unaware ? `?${names.key(client.unaware)}` : '',
  ].join(';')
}
