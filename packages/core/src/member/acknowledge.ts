import type { Fingerprint } from '../fingerprint.ts'
import { otherSlot } from '../slot.ts'
import { type Clients, isKnown } from './clients.ts'
import { type Held, sameHeld } from './sample.ts'

/**
 * The key that a member must have tried itself before it acknowledges this keyset: the standby,
 * unless it is fenced. A fenced key is about to be regenerated, and a probe would count as use.
 */
export const awaitedProof = (held: Held, proven: readonly Fingerprint[]): Fingerprint | null => {
  const standby = otherSlot(held.active)
  const fingerprint = held.fingerprints[standby]
  return held.fenced.includes(standby) || proven.includes(fingerprint) ? null : fingerprint
}

/** Keys that a member may and should try: all that it holds, has not proven, and does not fence. */
export const probesDue = (held: Held, proven: readonly Fingerprint[]): readonly Fingerprint[] =>
  [held.active, otherSlot(held.active)]
    .filter(slot => !held.fenced.includes(slot))
    .map(slot => held.fingerprints[slot])
    .filter(fingerprint => !proven.includes(fingerprint))

/**
 * What every client of a member holds, and the member itself. `null` while anybody is behind,
 * ahead, torn (one version, other keys or fences), lost or unheard, or the standby is unproven.
 */
export const acknowledgement = (
  held: Held | null,
  clients: Clients,
  proven: readonly Fingerprint[],
): Held | null => {
  if (held === null || awaitedProof(held, proven) !== null) return null
  return clients.every(client => isKnown(client) && sameHeld(client.sample.held, held))
    ? held
    : null
}
