import { type ClientIdentity, clientLabel } from '@keyturn/core'
import { type Clock, rest } from '@keyturn/keyring'
import type { Log } from '../log.ts'
import type { PresenceSockets } from '../ports.ts'
import type { MemberStore } from '../store.ts'

/** A dying process closes its sockets one by one: what still accepts may refuse a moment later. */
const soonMs = [0, 50, 250, 1_000] as const
/** Between later looks at a client that has vanished. */
const checkEveryMs = 5_000

interface Parts {
  readonly store: MemberStore
  readonly sockets: PresenceSockets
  readonly clock: Clock
  readonly log: Log
}

/** Looks after clients that have no open stream, until each is back, or proven dead. */
export class PresenceWatch {
  readonly #parts: Parts
  readonly #watched = new Map<string, AbortController>()
  readonly #stop = new AbortController()

  constructor(parts: Parts) {
    this.#parts = parts
  }

  start(id: string): void {
    if (this.#watched.has(id)) return
    const stop = new AbortController()
    this.#watched.set(id, stop)
    void this.#watch(id, stop.signal)
  }

  stop(id: string): void {
    this.#watched.get(id)?.abort()
    this.#watched.delete(id)
  }

  stopAll(): void {
    this.#stop.abort()
    for (const id of [...this.#watched.keys()]) this.stop(id)
  }

  async #watch(id: string, signal: AbortSignal): Promise<void> {
    for (let look = 0; !signal.aborted; look += 1) {
      await rest(this.#parts.clock, soonMs[look] ?? checkEveryMs, signal)
      if (signal.aborted) return
      if (await this.#isGone(id, signal)) return this.stop(id)
    }
  }

  async #isGone(id: string, signal: AbortSignal): Promise<boolean> {
    const { store, sockets, log } = this.#parts
    const client = store.state.clients.find(one => one.id === id)
    if (client === undefined) return true
    if ((await sockets.check(client.presence)) !== 'dead' || signal.aborted) return false
    store.apply({ is: 'died', id })
    log.info(
      { event: 'client-died', client: clientLabel(client) },
      'A client is proven dead: its presence socket refuses connections.',
    )
    void this.#forget(client)
    return true
  }

  /** The proof stays until the death is on the disk: a restart before that needs it again. */
  async #forget({ id, presence }: ClientIdentity): Promise<void> {
    const { store, sockets } = this.#parts
    await store.until(
      ({ stored }) => stored === null || !stored.clients.some(client => client.id === id),
      this.#stop.signal,
    )
    if (!this.#stop.signal.aborted) await sockets.forget(presence)
  }
}
