import { backoffMs } from '@keyturn/core'
import { type Chance, type Clock, type Ring, rest } from '@keyturn/keyring'
import type { MemberStore } from '../store.ts'

const backoff = { firstMs: 100, maxMs: 5_000 } as const

interface Parts {
  readonly store: MemberStore
  readonly ring: Ring
  readonly clock: Clock
  readonly chance: Chance
}

/** Reads the source until it gives what was announced: a vault may lag behind its own write. */
export class AnnouncementFollower {
  readonly #parts: Parts
  readonly #stop = new AbortController()
  #running = false

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** @param spreadMs the read begins at a moment of its own within it. */
  announced(spreadMs: number): void {
    if (this.#running || !this.#isBehind()) return
    this.#running = true
    void this.#follow(spreadMs).finally(() => {
      this.#running = false
    })
  }

  stop(): void {
    this.#stop.abort(new Error('The sidecar is stopping.'))
  }

  #isBehind(): boolean {
    const { announced, held } = this.#parts.store.state
    return announced > (held?.version ?? 0)
  }

  async #follow(spreadMs: number): Promise<void> {
    const { ring, clock, chance } = this.#parts
    const signal = this.#stop.signal
    await rest(clock, chance() * spreadMs, signal)
    for (let reads = 1; !signal.aborted && this.#isBehind(); reads += 1) {
      await ring.refresh('announced', signal).catch(() => undefined)
      if (!this.#isBehind()) return
      await rest(clock, backoffMs(reads, chance(), backoff), signal)
    }
  }
}
