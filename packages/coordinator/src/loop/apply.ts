import {
  type Effect,
  type JournalEvent,
  type Pair,
  type Publication,
  sameFingerprints,
} from '@keyturn/core'
import type { Arm, Vault } from '../ports.ts'

export interface Place {
  readonly account: string
  readonly endpoint: string
  readonly pair: Pair
  readonly installation: string
}

export interface Applied {
  /** What the effect showed, for the journal. */
  readonly events: readonly JournalEvent[]
  /** What went wrong without showing anything, for the log. */
  readonly failure: string | null
}

/**
 * Carries out the one effect that a decision returned; everything else comes from looking.
 * @param passed ms since the decision was made: what the journal allows is counted from there.
 */
export const apply = async (
  effect: Effect,
  place: Place,
  { arm, vault }: { arm: Arm; vault: Vault },
  passed: () => number,
): Promise<Applied> => {
  if (effect.do === 'publish') return publish(effect.publication, place, arm, vault)
  const { slot, attempt, skipUsageCheck = false } = effect
  const leftMs = () => Math.floor(effect.withinMs - passed())
  const stillInTime = () => leftMs() > 0
  if (!stillInTime()) return { events: [], failure: 'TOO_LATE: nothing was sent' }
  const sent = await arm.regenerate(slot, leftMs(), { skipUsageCheck, stillInTime })
  switch (sent.is) {
    case 'accepted': {
      const { operation } = sent
      return { events: [{ type: 'regenerate-accepted', attempt, operation }], failure: null }
    }
    case 'refused': {
      const { detail, because } = sent
      const why = { why: 'refused', detail, because } as const
      const settled = { type: 'regenerate-settled', attempt, ...why } as const
      return { events: [settled], failure: detail }
    }
    case 'unknown':
      return { events: [], failure: sent.detail }
  }
}

/** Reads the keys again, and writes only what the journal says (PROTOCOL, P7). */
const publish = async (
  { version, active, fenced, fingerprints }: Publication,
  { account, endpoint, pair, installation }: Place,
  arm: Arm,
  vault: Vault,
): Promise<Applied> => {
  const keys = await arm.keys()
  const found = { primary: keys.primary.fingerprint, secondary: keys.secondary.fingerprint }
  if (!sameFingerprints(found, fingerprints)) {
    return { events: [], failure: 'ARM shows other keys than those to be published' }
  }
  await vault.write({
    schema: 'keyturn/v1',
    account,
    endpoint,
    pair,
    installation,
    version,
    active,
    fenced: [...fenced],
    keys: { primary: keys.primary.reveal(), secondary: keys.secondary.reveal() },
  })
  return { events: [], failure: null }
}
