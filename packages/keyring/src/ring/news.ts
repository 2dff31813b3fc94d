import type { Clock } from '../clock.ts'
import type { RingNews } from '../source.ts'

/** Who follows a ring, and waits for it. */
export class News {
  readonly #clock: Clock
  readonly #listeners = new Set<(news: RingNews) => void>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  follow(listener: (news: RingNews) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  tell(news: RingNews): void {
    for (const listener of this.#listeners) {
      try {
        listener(news)
      } catch (error) {
        // A listener's fault must neither lose a count nor fail somebody's request.
        process.emitWarning(error instanceof Error ? error : String(error))
      }
    }
  }

  end(): void {
    this.#listeners.clear()
  }

  /** Resolves when the condition holds after some news; rejects when aborted. */
  when(holds: () => boolean, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason)
      if (holds()) return resolve()
      const unfollow = this.follow(() => {
        if (holds()) end(resolve)
      })
      const onAbort = (): void => end(() => reject(signal.reason))
      const end = (settle: () => void): void => {
        unfollow()
        signal.removeEventListener('abort', onAbort)
        settle()
      }
      signal.addEventListener('abort', onAbort)
    })
  }

  /** Resolves when the condition holds or `timeoutMs` is over; rejects when aborted. */
  async until(holds: () => boolean, timeoutMs: number, signal?: AbortSignal): Promise<void> {
    if (holds()) return
    const over = new AbortController()
    const both = signal ? AbortSignal.any([signal, over.signal]) : over.signal
    try {
      await Promise.race([this.when(holds, both), this.#clock.sleep(timeoutMs, both)])
    } finally {
      over.abort(new Error('The wait is over.'))
    }
  }
}
