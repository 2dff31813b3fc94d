import type { Fingerprint } from '../fingerprint.ts'
import { isFenced, type Keyset } from '../keyset.ts'
import { otherSlot, type Slot } from '../slot.ts'

/** What an attempt may do next: sign with a slot, ask the source again, or give up. */
export type Choice = Slot | 'refresh' | 'exhausted'

export interface SigningAttempt {
  /** Keys refused at the attempt's regional endpoint, so far as is known. */
  readonly refused: readonly Fingerprint[]
  /** Keys that this very attempt was already refused with. */
  readonly tried: readonly Fingerprint[]
  /** Whether this attempt has already waited for a fresh keyset. */
  readonly refreshed: boolean
}

/** The fast path: nothing is known against any key, nothing was tried. */
export const firstAttempt: SigningAttempt = { refused: [], tried: [], refreshed: false }

/**
 * Which slot signs an attempt. Never a fenced one, never one that it already tried.
 *
 * The active slot first, unless it is known to be refused; then the other one. A key that is
 * known to be refused is tried last, after a refresh: what is known may be out of date, and
 * where every key seems dead the caller is owed Azure's own answer.
 */
export const chooseSlot = (keyset: Keyset, attempt: SigningAttempt): Choice => {
  const { active } = keyset
  const order = [active, otherSlot(active)]
  const open = order.filter(
    slot => !isFenced(keyset, slot) && !attempt.tried.includes(keyset.keys[slot].fingerprint),
  )
  const healthy = open.find(slot => !attempt.refused.includes(keyset.keys[slot].fingerprint))
  if (healthy !== undefined) return healthy
  if (!attempt.refreshed) return 'refresh'
  return open[0] ?? 'exhausted'
}
