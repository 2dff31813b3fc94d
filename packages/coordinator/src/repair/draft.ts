import {
  type AccountRecord,
  type Fingerprints,
  hasEnded,
  type Publication,
  type Slot,
  samePublication,
} from '@keyturn/core'
import { type RepairCode, RepairError } from './error.ts'
import type { Past } from './past.ts'

/** All that is known of an account whose coordinator is away. */
export interface Known {
  /** What Azure shows now. */
  readonly live: Fingerprints
  readonly idle: boolean
  readonly past: Past
  /** What the journal says; `null`: it is not here, or holds nothing of this account. */
  readonly record: AccountRecord | null
  /** Whether something answers where the coordinator listens. */
  readonly coordinatorRuns: boolean
}

export interface Wish {
  /** Versions continue above it; for whoever knows what a ring or a backup holds. */
  readonly aboveVersion?: number | undefined
  /** Which slot signs; otherwise the one of the newest keyset that is known. */
  readonly active?: Slot | undefined
  /** Whether to go on against what stands in the way, all but a version that is too low. */
  readonly force: boolean
}

export interface Draft {
  readonly publication: Publication
  readonly installation: string | null
  /** What was gone over by force. */
  readonly forced: readonly RepairCode[]
}

/**
 * What to write into a vault without a coordinator: Azure's keys, the roles of the newest keyset
 * that is known, and a version above every one that a ring may hold (PROTOCOL, P7 and P8).
 * @throws {RepairError} where something stands in the way
 */
export const draftFrom = (known: Known, { aboveVersion, active, force }: Wish): Draft => {
  const against = objections(known)
  const [first] = against
  if (first && !force) throw first
  const { record, past, live } = known
  const published = record?.published ?? null
  const largest = Math.max(published?.version ?? 0, past.largest, aboveVersion ?? 0)
  if (largest === 0) {
    throw new RepairError(
      'VERSION_UNKNOWN',
      'Neither journal nor vault tells which version was the last, and rings refuse an older one: name one that is not below it with --above-version.',
    )
  }
  if (aboveVersion !== undefined && aboveVersion < largest) {
    const sentence = `Version ${largest} has been published: --above-version cannot be below it.`
    throw new RepairError('VERSION_TOO_LOW', sentence)
  }
  const last = newest(published, past.last)
  const signs = active ?? last?.active ?? 'primary'
  // A request may be on its way to the fenced key: the fence stays until the coordinator lifts it.
  const fenced = (last?.fenced ?? []).filter(slot => slot !== signs)
  return {
    publication: { version: largest + 1, active: signs, fenced, fingerprints: live },
    installation: record?.installation ?? past.last?.installation ?? null,
    forced: against.map(({ code }) => code),
  }
}

const newest = (a: Publication | null, b: Publication | null): Publication | null =>
  a !== null && (b === null || a.version >= b.version) ? a : b

/** Everything that speaks against it, the weightiest first. */
const objections = (known: Known): readonly RepairError[] => {
  const { record, past, live, idle, coordinatorRuns } = known
  const found: RepairError[] = []
  const object = (code: RepairCode, sentence: string) => found.push(new RepairError(code, sentence))
  if (coordinatorRuns) {
    object(
      'COORDINATOR_RUNS',
      'Something answers where the coordinator listens: a running coordinator writes the vault anew by itself. End it first, or go over it with --force.',
    )
  }
  const rotation = record?.rotation
  if (rotation && !hasEnded(rotation.phase)) {
    object(
      'ROTATION_UNFINISHED',
      `The journal says that rotation ${rotation.id} stands in ${rotation.phase.at}: start the coordinator, which repairs the vault and goes on. Without it, --force keeps the fence and goes over it.`,
    )
  }
  if (!idle) {
    object(
      'ACCOUNT_CHANGING',
      'Azure is changing the account, a key perhaps: wait until it has ended, or both keys may be old in a moment.',
    )
  }
  if (past.foreign) {
    object(
      'KEYSET_FOREIGN',
      'The secret holds another account’s keyset, or that of another pair: name the right secret.',
    )
  }
  const theirs = past.last?.installation ?? null
  const ours = record?.installation ?? null
  if (ours !== null && theirs !== null && ours !== theirs) {
    object(
      'INSTALLATION_DIFFERS',
      'The vault was taken over by another installation than this journal’s: let that one repair it.',
    )
  }
  if (past.latest && isWell(past.latest, record?.published ?? null, live)) {
    object(
      'REPAIR_UNNEEDED',
      `Version ${past.latest.version} stands in the vault, and holds the keys that Azure shows: there is nothing to repair.`,
    )
  }
  return found
}

const isWell = (
  latest: Publication,
  published: Publication | null,
  live: Fingerprints,
): boolean => {
  const isLive =
    latest.fingerprints.primary === live.primary && latest.fingerprints.secondary === live.secondary
  return isLive && (published === null || samePublication(latest, published))
}
