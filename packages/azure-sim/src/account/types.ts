import type { KeyObject } from 'node:crypto'

/** The four account keys, as ARM's `KeyKind` names them (cosmos-db.json, `KeyKind`). */
export type KeyKind = 'primary' | 'secondary' | 'primaryReadonly' | 'secondaryReadonly'

export const keyKinds: readonly KeyKind[] = [
  'primary',
  'secondary',
  'primaryReadonly',
  'secondaryReadonly',
]

/** One generation of one key. `secret` is the base64-decoded value, ready for HMAC. */
export interface AccountKey {
  readonly kind: KeyKind
  readonly generation: number
  readonly value: string
  readonly secret: KeyObject
  readonly readOnly: boolean
  /** First 16 hex digits of SHA-256 over the value: names the key in the witness's records. */
  readonly thumbprint: string
}

export interface Region {
  /** As ARM shows it: `West US`. */
  readonly name: string
  /** With trailing slash: `https://localhost:8181/`; known once the region listens. */
  endpoint: string
  /** Whether the account read names it among the writable locations. */
  readonly writable: boolean
  /** In the middle of a failover: named as the write region, and refusing writes. */
  readonly writesHeld?: boolean
}

/** What the data plane asks of the account at each request. */
export interface KeyRing {
  /** The keys that this region takes at this moment, for reads or for writes, likeliest first. */
  keysTakenBy(region: string, access: 'read' | 'write'): readonly AccountKey[]
  /** Any key this account ever had that is not taken now: lets the witness name a refused signature. */
  keysKnown(): readonly AccountKey[]
}
