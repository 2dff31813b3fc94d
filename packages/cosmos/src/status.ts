import type { Fingerprint, Slot } from '@keyturn/core'
import { type Ring, type SourceStatus, systemClock } from '@keyturn/keyring'

/** One key as this process knows it; never the key itself. */
export interface KeyStatus {
  /** The first 16 hex digits of SHA-256 over `keyturn:` and the key. */
  readonly fingerprint: Fingerprint
  /** `null`: replaced since, and named as long as something may be in flight with it. */
  readonly slot: Slot | null
  /** `active`: it signs; `fenced`: it must not, not even on failover. */
  readonly state: 'active' | 'standby' | 'fenced' | 'replaced'
  /** No regional endpoint is known to refuse it. */
  readonly healthy: boolean
  /** Since when the first of them refuses it, in ISO 8601; `null`: none does. */
  readonly refusedSince: string | null
  /** Regional endpoints that proved to refuse it, and for how long. */
  readonly refused: readonly { readonly endpoint: string; readonly forMs: number }[]
  /** Attempts that are signed with it and not yet over. */
  readonly inFlight: number
  /** Attempts that were ever signed with it. */
  readonly total: number
  /** Milliseconds since it was last used; `null`: never. */
  readonly idleMs: number | null
}

/** What a client knows of its keys. */
export interface KeysStatus {
  /** `0`: the source has no versions; `null`: no keyset has come yet. */
  readonly version: number | null
  /** The slot that signs; `null`: no keyset has come yet. */
  readonly active: Slot | null
  /** The keys held, then those that were and may still be in use. */
  readonly keys: readonly KeyStatus[]
  /** Where keysets come from, and how long ago the last one came. */
  readonly source: SourceStatus
  /** No sidecar counts what is signed here, so no rotation waits for it. */
  readonly isStray: boolean
}

/**
 * Whether keys are signed with that no sidecar knows of. A client whose sidecar is away is none:
 * the sidecar wrote it down before it gave the keys, and counts them as in use until it is back.
 */
export const isStray = (ring: Pick<Ring, 'current' | 'sourceStatus'>): boolean => {
  if (ring.current === null) return false
  const { serving, isAttached } = ring.sourceStatus()
  return serving !== 'sidecar' && isAttached !== true
}

/** One synchronous sample of everything known about a ring's keys. */
export const keysStatus = (ring: Ring): KeysStatus => {
  const { held, usage, refused } = ring.sample()
  const slotOf = (fingerprint: Fingerprint): Slot | null => {
    if (held?.fingerprints.primary === fingerprint) return 'primary'
    return held?.fingerprints.secondary === fingerprint ? 'secondary' : null
  }
  const stateOf = (slot: Slot | null): KeyStatus['state'] => {
    if (held === null || slot === null) return 'replaced'
    if (held.fenced.includes(slot)) return 'fenced'
    return held.active === slot ? 'active' : 'standby'
  }
  return {
    version: held?.version ?? null,
    active: held?.active ?? null,
    keys: usage.map(({ fingerprint, ...counts }) => {
      const slot = slotOf(fingerprint)
      const by = refused
        .filter(refusal => refusal.fingerprint === fingerprint)
        .map(({ endpoint, forMs }) => ({ endpoint, forMs }))
      return {
        fingerprint,
        slot,
        state: stateOf(slot),
        healthy: by.length === 0,
        refusedSince: by.length === 0 ? null : agoInIso(Math.max(...by.map(each => each.forMs))),
        refused: by,
        ...counts,
      }
    }),
    source: ring.sourceStatus(),
    isStray: isStray(ring),
  }
}

const agoInIso = (ms: number): string => new Date(systemClock.wall() - ms).toISOString()
