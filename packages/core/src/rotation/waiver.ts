import { joined, type Member } from '../fleet/member.ts'
import type { Slot } from '../slot.ts'
import type { Blocker, BlockerCode } from './blocker.ts'
import type { Guarded } from './guarded.ts'
import { type AccountRecord, openSince, type Published, type Waiver } from './record.ts'
import type { World } from './world.ts'

/**
 * What an operator may take upon themselves, by name and with a reason: whether somebody still
 * uses the key that is about to go (invariant 1), and when it is done. Never whether everybody
 * holds the key that remains, and whether that one works (invariant 2).
 */
export const waivableCodes: readonly BlockerCode[] = [
  'FLEET_UNKNOWN',
  'MEMBER_MISSING',
  'PLATFORM_UNREACHABLE',
  'MEMBER_STALE',
  'MEMBER_TWIN',
  'MEMBER_NOT_DURABLE',
  'KEYSET_BEHIND',
  'NOT_FENCED',
  'IN_FLIGHT',
  'STILL_IN_USE',
  'CLIENT_LOST',
  'SOURCE_LAG',
  'RECENTLY_USED',
  'EVIDENCE_PENDING',
  'CONSUMER_PENDING',
  'AZURE_REFUSED',
  'OUTSIDE_WINDOW',
]

/** Whether a blocker may be waived now: whoever lacks the key that remains would be stranded. */
export const isWaivable = (world: World, guarded: Guarded, blocker: Blocker): boolean =>
  waivableCodes.includes(blocker.code) && !strands(world, guarded.remaining, blocker)

/** Whether the blocker's member may not hold, unfenced, what will be the only key that works. */
const strands = ({ record, fleet }: World, remaining: Slot, { code, member }: Blocker): boolean =>
  code === 'KEYSET_BEHIND' &&
  joined(fleet).some(one => one.name === member && !canSign(one, record.published, remaining))

/**
 * What was acknowledged stays true, whatever has been said since: rings hold that version or a
 * later one, each with this key in it and open. Layouts without versions may go back: only what
 * is acknowledged now counts of them.
 */
const canSign = (
  { report, lastAcknowledged }: Member,
  published: Published | null,
  remaining: Slot,
): boolean => {
  const held = report.acknowledged ?? lastAcknowledged
  if (!published || !held || held.fenced.includes(remaining)) return false
  if (held.fingerprints[remaining] !== published.fingerprints[remaining]) return false
  const isUnversioned = held.version === 0 && report.acknowledged !== null
  return isUnversioned || held.version >= openSince(published, remaining)
}

export const isWaived = (world: World, guarded: Guarded, blocker: Blocker): boolean =>
  hasWaiver(world.record, guarded.slot, blocker) && !strands(world, guarded.remaining, blocker)

export const hasWaiver = (
  { rotation }: AccountRecord,
  slot: Slot,
  blocker: Pick<Blocker, 'code' | 'member' | 'client' | 'consumer'>,
): boolean =>
  rotation?.waivers.some(waiver => waiver.slot === slot && covers(waiver, blocker)) ?? false

const covers = (
  waiver: Pick<Waiver, 'code' | 'member' | 'client' | 'consumer'>,
  blocker: Pick<Blocker, 'code' | 'member' | 'client' | 'consumer'>,
): boolean =>
  waiver.code === blocker.code &&
  waiver.member === blocker.member &&
  waiver.consumer === blocker.consumer &&
  (waiver.client === undefined || waiver.client === blocker.client)
