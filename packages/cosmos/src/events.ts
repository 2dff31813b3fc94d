import { EventEmitter } from 'node:events'
import type { Fingerprint, Slot } from '@keyturn/core'

/** What `client.keys` tells. Keys appear as fingerprints only. */
export interface KeysEvents {
  /** Another keyset is held from now on. */
  swap: [
    {
      readonly version: number
      readonly active: Slot
      readonly fenced: readonly Slot[]
      readonly fingerprints: Readonly<Record<Slot, Fingerprint>>
    },
  ]
  /** An attempt was refused with one key and then accepted with another. */
  failover: [
    { readonly endpoint: string; readonly from: readonly Fingerprint[]; readonly to: Fingerprint },
  ]
  /** A key is proven to be refused by a regional endpoint. */
  refused: [{ readonly endpoint: string; readonly fingerprint: Fingerprint }]
  /** Every usable key was refused, and the source had nothing newer; at most once a minute. */
  exhausted: [{ readonly endpoint: string; readonly tried: readonly Fingerprint[] }]
  /** The service's clock differs from this machine's; dates are corrected from now on. */
  'clock-skew': [{ readonly endpoint: string; readonly offsetMs: number }]
}

export class KeysEmitter extends EventEmitter<KeysEvents> {}
