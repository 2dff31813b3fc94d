import type { Slot } from '../slot.ts'
import type { Blocker } from './blocker.ts'
import { type Check, duration, publishedOf } from './check.ts'
import type { EvidenceLimits } from './limits.ts'
import type { EvidenceView, World } from './world.ts'

/**
 * Azure has seen no use of the key since the fence's last acknowledgement, read so much later
 * that the use would show (PROTOCOL, P6). A stray that was seen has to have stopped.
 * Azure's times are compared with Azure's: no clock of ours has a part in it.
 */
export const evidenceAgrees: Check = (world, { slot }) => {
  const { policy, evidence } = world
  if (policy.evidence.is === 'none') return []
  if (!evidence || evidence.error !== null) {
    const why = evidence?.error ? ` (${evidence.error})` : ' yet'
    return pending(`Azure's word on the last use of the ${slot} key could not be read${why}.`)
  }
  const acknowledged = world.record.rotation?.fenceAcknowledged ?? null
  if (acknowledged === null) {
    return pending(`Azure is asked about the ${slot} key once every member has let go of it.`)
  }
  const stray = strayOf(world, evidence, policy.evidence, slot, acknowledged)
  if (stray) return [stray]
  const passesInMs = acknowledged + policy.evidence.lagMs - evidence.azureNow
  if (passesInMs <= 0) return []
  const sentence = `Azure shows uses with a lag: its word on the ${slot} key counts in ${duration(passesInMs)}.`
  return [{ code: 'EVIDENCE_PENDING', sentence, passesInMs }]
}

/** Whoever may not read Azure's word learns so before anything is fenced for it. */
export const evidenceCanBeRead: Check = ({ policy, evidence }) => {
  if (policy.evidence.is === 'none' || evidence?.error === null) return []
  const why = evidence ? ` (${evidence.error})` : ' yet'
  return pending(`Azure's word on the keys' last use could not be read${why}.`)
}

const pending = (sentence: string): readonly Blocker[] => [{ code: 'EVIDENCE_PENDING', sentence }]

const strayOf = (
  { record }: World,
  { lastUse, azureNow }: EvidenceView,
  { strayQuietMs }: EvidenceLimits,
  slot: Slot,
  acknowledged: number,
): Blocker | null => {
  const last = lastUse[slot]
  if (last === null || last < acknowledged) return null
  const passesInMs = last + strayQuietMs - azureNow
  if (passesInMs <= 0) return null
  const fingerprint = publishedOf(record).fingerprints[slot]
  const sentence = `Azure saw the ${slot} key used ${duration(azureNow - last)} ago, when every member had let go of it: find the stray; once it stops, this passes in ${duration(passesInMs)}.`
  return { code: 'RECENTLY_USED', fingerprint, sentence, passesInMs }
}
