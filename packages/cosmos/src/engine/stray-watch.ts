import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { Ring } from '@keyturn/keyring'
import type { KeysEmitter } from '../events.ts'
import { isStray } from '../status.ts'

/** Where a chain says that another of its sources serves. */
const serving = 'keyturn:serving'

/**
 * Says when a client has become a stray: it signs, and no sidecar counts it. Looks when a keyset is
 * taken, when a chain changes its source, and when the SDK reads the account; nothing runs for it.
 */
export class StrayWatch {
  readonly #ring: Ring
  readonly #events: KeysEmitter
  readonly #unfollow: () => void
  #was = false

  constructor(ring: Ring, events: KeysEmitter) {
    this.#ring = ring
    this.#events = events
    this.#unfollow = ring.follow(news => {
      if (news === 'swap') this.#soon()
    })
    subscribe(serving, this.#soon)
  }

  look(): void {
    const is = isStray(this.#ring)
    const was = this.#was
    this.#was = is
    if (!is || was) return
    const { kind, serving } = this.#ring.sourceStatus()
    this.#events.tell('stray', { source: kind, serving })
  }

  end(): void {
    this.#unfollow()
    unsubscribe(serving, this.#soon)
  }

  /** Not in the constructor of a client, where nobody can listen yet; and by then a source knows. */
  readonly #soon = (): void => {
    queueMicrotask(() => {
      if (!this.#ring.stopped) this.look()
    })
  }
}
