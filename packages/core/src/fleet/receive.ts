import { sameFingerprints } from '../keyset.ts'
import type { Held, Member, MemberReport } from './member.ts'

export interface IncomingReport extends MemberReport {
  readonly incarnation: string
  readonly previousIncarnation: string | null
  readonly sequence: number
  readonly goodbye: boolean
}

export type Received =
  | { readonly taken: false; readonly why: 'late' }
  | {
      readonly taken: true
      readonly rows: readonly Member[]
      /** Whether a gate that was open before may be shut now: told before it is answered (P9). */
      readonly weakens: boolean
    }

/**
 * Takes a report into the fleet: `rows` are the rows to write, given all rows of that name.
 * A new incarnation replaces the old one only by naming it from its durable state; otherwise
 * both stand, and the silent one blocks until somebody evicts it (PROTOCOL, P10 and P17).
 */
export const receive = (
  name: string,
  known: readonly Member[],
  incoming: IncomingReport,
  now: number,
): Received => {
  const row = known.find(member => member.incarnation === incoming.incarnation)
  if (row && incoming.sequence <= row.sequence) return { taken: false, why: 'late' }
  const { incarnation, previousIncarnation, sequence, goodbye, ...report } = incoming
  const replaced = known.find(
    member => member.incarnation === previousIncarnation && member.standing === 'joined',
  )
  const lastAcknowledged = lastOf(row ?? replaced, report)
  const leaves = goodbye && report.clients.lost.length === 0 && report.clients.attached === 0
  const next: Member = {
    name,
    incarnation,
    sequence,
    standing: leaves ? 'gone' : 'joined',
    reportedAt: now,
    report,
    ...(lastAcknowledged ? { lastAcknowledged } : {}),
    ...(row?.declaredDead && row.report.pod?.uid === report.pod?.uid
      ? { declaredDead: { spokeSince: true } }
      : {}),
  }
  if (row) {
    const returns = row.standing !== 'joined' && next.standing === 'joined'
    return { taken: true, rows: [next], weakens: returns || weakens(row.report, report) }
  }
  const rows = replaced ? [next, { ...replaced, standing: 'replaced' as const }] : [next]
  return { taken: true, rows, weakens: next.standing === 'joined' }
}

/** Kept only while the member itself says nothing: it says the same of its later self. */
const lastOf = (before: Member | undefined, report: MemberReport): Held | null =>
  report.acknowledged === null
    ? (before?.report.acknowledged ?? before?.lastAcknowledged ?? null)
    : null

/** Whether the later report says less in favour of a gate than the earlier one did. */
export const weakens = (before: MemberReport, after: MemberReport): boolean =>
  unacknowledges(before.acknowledged, after.acknowledged) ||
  (before.durable && !after.durable) ||
  after.source.stalenessMsMax > before.source.stalenessMsMax ||
  before.usage.some(usage => usage.inFlight === 0 && !isIdle(after, usage.fingerprint)) ||
  after.usage.some(usage => usage.inFlight > 0 && !isBusy(before, usage.fingerprint)) ||
  after.clients.lost.some(client => !before.clients.lost.includes(client)) ||
  after.refused.some(
    refusal =>
      !before.refused.some(
        known => known.fingerprint === refusal.fingerprint && known.endpoint === refusal.endpoint,
      ),
  )

const isBusy = (report: MemberReport, fingerprint: string): boolean =>
  report.usage.some(usage => usage.fingerprint === fingerprint && usage.inFlight > 0)

/** A key that a report no longer names is not known to be idle. */
const isIdle = (report: MemberReport, fingerprint: string): boolean =>
  report.usage.some(usage => usage.fingerprint === fingerprint && usage.inFlight === 0)

/** Whoever holds another keyset than before, and not a newer one with the same fences. */
const unacknowledges = (before: Held | null, after: Held | null): boolean =>
  before !== null &&
  (after === null ||
    after.version < before.version ||
    before.fenced.some(slot => !after.fenced.includes(slot)) ||
    (after.version === before.version &&
      (after.active !== before.active ||
        !sameFingerprints(after.fingerprints, before.fingerprints))))
