import {
  type EvidenceView,
  type Fingerprint,
  hasEnded,
  type Member,
  type Policy,
  type Rotation,
} from '@keyturn/core'
import type { AccountStatus, AccountSummary, MemberStatus, RotationStatus } from '@keyturn/protocol'
import type { Account } from '../loop/account.ts'
import type { AccountState } from '../loop/account-parts.ts'

/** One account as operators see it: names, versions and fingerprints. */
export const statusOf = (account: Account): AccountStatus => {
  const { state } = account
  const { fleet, now, blockers } = state
  return {
    ...summaryOf(account, state),
    blockers: [...blockers],
    members: fleet.members.map(member => memberStatusOf(member, now)),
    evidence: evidenceOf(account.options.policy, state),
  }
}

const evidenceOf = (
  { evidence: asked }: Policy,
  { evidence: seen, now }: AccountState,
): AccountStatus['evidence'] => {
  if (asked.is === 'none') return { is: 'none', acceptedBy: asked.acceptedBy, reason: asked.reason }
  const used = (slot: keyof EvidenceView['lastUse']): string | null => {
    const at = seen?.lastUse[slot] ?? null
    return at === null ? null : new Date(at).toISOString()
  }
  return {
    is: 'azure',
    readMsAgo: seen && Math.max(0, now - seen.at),
    lastUse: { primary: used('primary'), secondary: used('secondary') },
    error: seen?.error ?? null,
  }
}

/** The same without what grows with the fleet. */
export const summaryOf = (
  { options, pair }: Account,
  { record, now }: AccountState,
): AccountSummary => {
  const { installation, published, rotation } = record
  return {
    name: options.name,
    account: options.account,
    endpoint: options.endpoint,
    pair,
    installation,
    published: published && {
      version: published.version,
      fingerprints: published.fingerprints,
      active: published.active,
      fenced: [...published.fenced],
      confirmed: published.confirmed,
    },
    rotation: rotation && rotationStatusOf(rotation, now),
    retirement: record.retirement?.is ?? null,
  }
}

export const rotationStatusOf = (rotation: Rotation, now: number): RotationStatus => {
  const { id, phase, startedBy: by, reason, from, before, entered } = rotation
  const phases = entered.map(({ name, at }, index) => {
    const until = entered[index + 1]?.at ?? (hasEnded(phase) ? at : now)
    return { name, ms: Math.max(0, until - at) }
  })
  const { plan, emergency, waivers, approvals } = rotation
  return {
    ...{ id, phase: phase.at, status: statusWord(rotation), by, reason, from, before, phases },
    plan,
    emergency: emergency && {
      slot: emergency.slot,
      by: emergency.by,
      reason: emergency.reason,
    },
    waivers: [...waivers],
    approvals: [...approvals],
  }
}

const statusWord = ({ phase, paused }: Rotation): RotationStatus['status'] => {
  if (phase.at === 'completed' || phase.at === 'reverted') return phase.at
  return paused ? 'paused' : 'running'
}

export const memberStatusOf = (member: Member, now: number): MemberStatus => {
  const { name, incarnation, standing, reportedAt, report } = member
  const { held, acknowledged, clients, source, pod } = report
  return {
    name,
    incarnation,
    standing,
    reportedMsAgo: Math.max(0, now - reportedAt),
    source: source.kind,
    held: held && { ...held, fenced: [...held.fenced] },
    acknowledged: acknowledged && { ...acknowledged, fenced: [...acknowledged.fenced] },
    proven: report.proven.map((fingerprint: Fingerprint) => fingerprint),
    usage: report.usage.map(usage => ({ ...usage })),
    clients: { attached: clients.attached, lost: [...clients.lost] },
    durable: report.durable,
    ...(report.release === undefined ? {} : { release: report.release }),
    ...(pod ? { pod } : {}),
  }
}
