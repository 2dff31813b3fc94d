import { backoffMs, jittered } from '@keyturn/core'
import type { ClientUsage } from '@keyturn/protocol'
import type { Chance, Clock } from '../../clock.ts'
import { rest } from '../../clock.ts'
import type { RingSink } from '../../source.ts'

export interface UploaderOptions {
  readonly sink: RingSink
  /** Sends one sample; after a rejection the next one follows soon. */
  readonly send: (sample: ClientUsage, signal: AbortSignal) => Promise<void>
  /** Between two samples without news, in ms. */
  readonly everyMs: number
  readonly clock: Clock
  readonly chance: Chance
}

/** Until a sample that was not heard is replaced, in ms; longer each time. */
const againMs = 100

/** Uploads samples: at once after news, else now and then; one at a time, each taken when sent. */
export class Uploader {
  readonly #options: UploaderOptions
  readonly #stop = new AbortController()
  readonly #unfollow: () => void
  #idle = new AbortController()
  #isDue = true
  readonly #running: Promise<void>

  constructor(options: UploaderOptions) {
    this.#options = options
    this.#unfollow = options.sink.follow(() => this.soon())
    this.#running = this.#run()
  }

  async stop(): Promise<void> {
    this.#unfollow()
    this.#stop.abort(new Error('The upload was stopped.'))
    this.#idle.abort()
    await this.#running
  }

  /** There is news, or nobody may have heard the last sample. */
  soon(): void {
    this.#isDue = true
    this.#idle.abort()
  }

  async #run(): Promise<void> {
    const { sink, send, everyMs, clock, chance } = this.#options
    for (let failures = 0; !this.#stop.signal.aborted; ) {
      this.#idle = new AbortController()
      this.#isDue = false
      const isHeard = await send(sink.sample(), this.#stop.signal).then(
        () => true,
        () => false,
      )
      if (this.#isDue) continue
      failures = isHeard ? 0 : failures + 1
      // A lost sample is replaced by the next, which says everything: soon, for it may be news.
      const backoff = { firstMs: Math.min(againMs, everyMs), maxMs: everyMs }
      const waitMs = isHeard ? jittered(everyMs, chance()) : backoffMs(failures, chance(), backoff)
      await rest(clock, waitMs, this.#idle.signal)
    }
  }
}
