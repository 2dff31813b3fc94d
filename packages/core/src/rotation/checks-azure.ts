import type { Fingerprint } from '../fingerprint.ts'
import { sameFingerprints } from '../keyset.ts'
import { type Slot, slots } from '../slot.ts'
import type { Blocker } from './blocker.ts'
import { type Check, lookedAt, publishedOf, seconds } from './check.ts'
import type { ProbeView, RegionProbe, World } from './world.ts'

/** Looked at in this very turn: a human in the portal may have been faster (P2). */
export const armWasJustRead: Check = ({ arm, armError }) => {
  if (lookedAt(arm) && arm.fresh) return []
  const why = arm?.error ?? armError
  const sentence = `Azure Resource Manager could not be read${why ? ` (${why})` : ' yet'}: it is tried again by itself.`
  return [{ code: 'ARM_UNREACHABLE', sentence }]
}

export const accountIsIdle: Check = ({ arm }) =>
  arm?.idle === false
    ? [
        {
          code: 'ACCOUNT_BUSY',
          sentence:
            'Azure is changing the account: it takes no other management operation meanwhile.',
        },
      ]
    : []

/** Both keys in ARM are the keys that everybody was given (P2). */
export const armEqualsPublished: Check = ({ arm, record }) => {
  const published = publishedOf(record)
  return arm && !sameFingerprints(arm.fingerprints, published.fingerprints)
    ? slots
        .filter(slot => arm.fingerprints[slot] !== published.fingerprints[slot])
        .map(slot => ({
          code: 'ARM_DIFFERS',
          fingerprint: arm.fingerprints[slot],
          sentence: `The ${slot} key in Azure is not the one that was published: somebody regenerated it by hand.`,
        }))
    : []
}

export const vaultWasJustRead: Check = ({ vault }) =>
  vault?.fresh && vault.error === null
    ? []
    : [
        {
          code: 'VAULT_UNREACHABLE',
          sentence: `Key Vault could not be read${vault?.error ? ` (${vault.error})` : ' yet'}: it is tried again by itself.`,
        },
      ]

/** What was published was read back as the latest (P7). */
export const publicationIsConfirmed: Check = ({ record }) =>
  record.published?.confirmed
    ? []
    : [
        {
          code: 'VAULT_UNREACHABLE',
          sentence: `Version ${publishedOf(record).version} has not been read back from Key Vault yet.`,
        },
      ]

const probesOf = ({ probes, arm }: World, slot: Slot): ProbeView | null =>
  probes.find(probe => probe.fingerprint === arm?.fingerprints[slot]) ?? null

/** The key that will remain is tried against every region in this turn (P2, P6). */
export const remainingIsProbedNow: Check = (world, { remaining }) => {
  const probe = probesOf(world, remaining)
  if (!probe || probe.regions.length === 0) {
    return [{ code: 'PROBE_PENDING', sentence: `The ${remaining} key has not been probed yet.` }]
  }
  return probe.regions
    .filter(({ accepted, fresh }) => accepted === 0 || !fresh)
    .map(({ region, failure }) => ({
      code: 'PROBE_FAILING',
      region,
      fingerprint: probe.fingerprint,
      sentence: `The ${remaining} key, which has to carry everything, is not accepted in ${region}${failure ? ` (${failure})` : ''}.`,
    }))
}

/** A new key counts as live when every region took it n times in a row over the span. */
export const slotIsConsistentlyAccepted: Check = (world, { slot }) => {
  const probe = probesOf(world, slot)
  if (!probe || probe.regions.length === 0) {
    return [{ code: 'PROBE_PENDING', sentence: `The new ${slot} key has not been probed yet.` }]
  }
  return probe.regions.flatMap(region => notYetLive(world, slot, probe.fingerprint, region))
}

const notYetLive = (
  { now, policy }: World,
  slot: Slot,
  fingerprint: Fingerprint,
  { region, accepted, since, at, failure }: RegionProbe,
): readonly Blocker[] => {
  const { probesMin, probeSpanMs } = policy.limits
  const where = { region, fingerprint }
  if (accepted === 0) {
    const sentence = `The new ${slot} key is not accepted in ${region} yet${failure ? ` (${failure})` : ''}.`
    return [{ code: 'PROBE_FAILING', ...where, sentence }]
  }
  if (accepted >= probesMin && at - since >= probeSpanMs) return []
  const sentence = `The new ${slot} key was accepted ${accepted} times in ${region} over ${seconds(now - since)}; ${probesMin} times over ${seconds(probeSpanMs)} are asked.`
  return [{ code: 'PROBE_PENDING', ...where, sentence }]
}
