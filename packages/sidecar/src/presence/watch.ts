import { clientLabel, type DurableState, isOnDisk } from '@keyturn/core'
import { type Clock, rest } from '@keyturn/keyring'
import type { Log } from '../log.ts'
import type { PresenceSockets } from '../ports.ts'
import { isPassiveId } from '../render/rendered-file.ts'
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
  /** Presence sockets of clients proven dead, by client: the proof that still lies there. */
  readonly #dead = new Map<string, string>()
  /** What stood on the disk when they were looked up last. */
  #stored: DurableState | null = null
  readonly #unfollow: () => void

  constructor(parts: Parts) {
    this.#parts = parts
    this.#unfollow = parts.store.follow(() => this.#forgetDead())
  }

  /** A client that has vanished, or was remembered. */
  start(id: string): void {
    this.#start(id, soonMs)
  }

  /** A client that has just attached: it is heard of soon, and a crowd is not knocked at at once. */
  startLater(id: string): void {
    this.#start(id, [])
  }

  stop(id: string): void {
    this.#watched.get(id)?.abort()
    this.#watched.delete(id)
  }

  /**
   * The last looks before the member leaves: whoever was killed a moment ago is proven dead, and
   * holds no goodbye back. Clients that have not even vanished are waited for less.
   */
  async settle(): Promise<void> {
    const { store, clock } = this.#parts
    const looksMs = this.#watched.size > 0 ? soonMs : soonMs.slice(0, -1)
    for (const id of [...this.#watched.keys()]) this.stop(id)
    const never = new AbortController().signal
    for (const waitMs of looksMs) {
      const left = store.state.clients.filter(({ id }) => !isPassiveId(id))
      if (left.length === 0) return
      await rest(clock, waitMs, never)
      await Promise.all(left.map(({ id }) => this.#isGone(id, never)))
    }
  }

  stopAll(): void {
    this.#unfollow()
    for (const id of [...this.#watched.keys()]) this.stop(id)
  }

  #start(id: string, firstLooksMs: readonly number[]): void {
    if (this.#watched.has(id)) return
    const stop = new AbortController()
    this.#watched.set(id, stop)
    void this.#watch(id, firstLooksMs, stop.signal)
  }

  async #watch(id: string, firstLooksMs: readonly number[], signal: AbortSignal): Promise<void> {
    for (let look = 0; !signal.aborted; look += 1) {
      await rest(this.#parts.clock, firstLooksMs[look] ?? checkEveryMs, signal)
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
    this.#dead.set(id, client.presence)
    this.#forget(id, client.presence)
    return true
  }

  /** Every event of a thousand clients comes by here: what is on the disk changes rarely. */
  #forgetDead(): void {
    const { stored } = this.#parts.store.state
    if (stored === this.#stored) return
    this.#stored = stored
    for (const [id, presence] of this.#dead) this.#forget(id, presence)
  }

  /** The proof stays until the death is on the disk: a restart before that needs it again. */
  #forget(id: string, presence: string): void {
    const { store, sockets } = this.#parts
    if (isOnDisk(store.state.stored, id)) return
    this.#dead.delete(id)
    void sockets.forget(presence)
  }
}
