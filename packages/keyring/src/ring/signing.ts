import type { Fingerprint, Slot } from '@keyturn/core'

/** What an attempt asks of the ring: a key to sign this text for this endpoint. */
export interface SigningRequest {
  /** The string to sign. */
  readonly text: string
  /** The regional endpoint that will be asked: the URL's origin. */
  readonly endpoint: string
  /** Keys that this attempt was already refused with. */
  readonly tried: readonly Fingerprint[]
  /** Whether this attempt has already waited for a fresh keyset. */
  readonly refreshed: boolean
  /** A key known to be refused that may be tried again on purpose: a half-open breaker's one. */
  readonly trial?: Fingerprint | null
  /** Only this key will do; for probes. */
  readonly only?: Fingerprint | null
}

/** A signature, counted as in flight until `end` is called with its fingerprint. */
export interface Signed {
  readonly next: 'send'
  readonly slot: Slot
  readonly fingerprint: Fingerprint
  /** Of the keyset that it was chosen from. */
  readonly version: number
  /** HMAC-SHA256 in base64. */
  readonly signature: string
}

export type Begun = Signed | { readonly next: 'no-keyset' | 'refresh' | 'exhausted' | 'closed' }
