import { channel } from 'node:diagnostics_channel'
import { EventEmitter } from 'node:events'
import type { Fingerprint, Slot } from '@keyturn/core'
import type { SourceKind } from '@keyturn/keyring'

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
  /**
   * No sidecar counts what is signed from now on, so no rotation waits for it. Once for each time
   * that it becomes so.
   */
  stray: [{ readonly source: SourceKind; readonly serving: SourceKind | null }]
}

/** Published for observers that know nothing of the client: `keyturn:swap`, `keyturn:failover`, … */
const channels = {
  swap: channel('keyturn:swap'),
  failover: channel('keyturn:failover'),
  refused: channel('keyturn:refused'),
  exhausted: channel('keyturn:exhausted'),
  'clock-skew': channel('keyturn:clock-skew'),
  stray: channel('keyturn:stray'),
} as const satisfies Record<keyof KeysEvents, unknown>

export const eventNames = Object.keys(channels) as readonly (keyof KeysEvents)[]

/** A client's events, on its own emitter and on the process's diagnostics channels. */
export class KeysEmitter extends EventEmitter<KeysEvents> {
  /** Like `emit`, but a listener's fault reaches neither other listeners nor anybody's request. */
  tell<Name extends keyof KeysEvents>(name: Name, event: KeysEvents[Name][0]): void {
    for (const listener of this.rawListeners(name)) {
      try {
        Reflect.apply(listener, this, [event])
      } catch (error) {
        process.emitWarning(error instanceof Error ? error : String(error))
      }
    }
    if (channels[name].hasSubscribers) channels[name].publish(event)
  }

  /** @returns what ends it. */
  hear<Name extends keyof KeysEvents>(
    name: Name,
    listener: (...event: KeysEvents[Name]) => void,
  ): () => void {
    // The base class's parameters distribute over all names; ours are narrower.
    this.on(name, listener as never)
    return () => this.off(name, listener as never)
  }
}
