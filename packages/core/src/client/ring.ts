import { fingerprintsOf, type Keyset, type Named, sameFingerprints } from '../keyset.ts'

/** Why a ring keeps what it holds. */
export type OfferRefusal =
  | 'other-account'
  | 'other-pair'
  | 'older-version'
  | 'same-version-differs'
  | 'lost-version'
  | 'unchanged'

export type OfferVerdict<K extends Named = Named> =
  | { readonly take: true; readonly keyset: Keyset<K> }
  | { readonly take: false; readonly reason: OfferRefusal }

const refuse = (reason: OfferRefusal): { readonly take: false; readonly reason: OfferRefusal } => ({
  take: false,
  reason,
})

const sameFences = (a: Keyset, b: Keyset): boolean =>
  a.fenced.length === b.fenced.length && a.fenced.every(slot => b.fenced.includes(slot))

const sameContent = (a: Keyset, b: Keyset): boolean =>
  a.active === b.active &&
  sameFences(a, b) &&
  sameFingerprints(fingerprintsOf(a), fingerprintsOf(b))

/**
 * ARM ids compare without case: portals, SDKs and templates write them differently.
 * Layouts that do not say whose keys they are have an empty account.
 */
const sameAccount = (a: Keyset, b: Keyset): boolean =>
  a.account === '' || b.account === '' || a.account.toLowerCase() === b.account.toLowerCase()

/**
 * Whether an offered keyset replaces the held one: a ring never goes backwards.
 *
 * - Another account or pair is refused.
 * - Another installation is followed like the same one, by version: after an operator's take-over
 *   the new journal continues above the largest version seen, and whoever refused it would sign
 *   with yesterday's keys for ever (PROTOCOL, P8). Whether it may write is the coordinator's gate.
 * - An older version is refused. The same version with other content is refused as well: versions
 *   are written once with what they hold, so one of the two is not the coordinator's, and what
 *   was acknowledged must stay true.
 * - Layouts without versions (version 0) are followed as they change. A ring that once held a
 *   version never goes back to them: they carry no fence.
 */
export const judgeOffer = <K extends Named>(
  held: Keyset<K> | null,
  offered: Keyset<K>,
): OfferVerdict<K> => {
  if (held === null) return { take: true, keyset: offered }
  if (!sameAccount(held, offered)) return refuse('other-account')
  if (held.pair !== offered.pair) return refuse('other-pair')
  if (held.version > 0) {
    if (offered.version === 0) return refuse('lost-version')
    if (offered.version < held.version) return refuse('older-version')
  }
  if (sameContent(held, offered) && held.version === offered.version) return refuse('unchanged')
  if (held.version > 0 && held.version === offered.version) return refuse('same-version-differs')
  return { take: true, keyset: offered }
}
