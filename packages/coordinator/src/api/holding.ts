import type { Account } from '../loop/account.ts'
import type { WallClock } from '../ports.ts'

/** Reports that are held until there is something to announce, or their time is over. */
export class Holding {
  readonly #clock: WallClock
  readonly #waiting = new Set<{ account: Account; known: number; over: AbortController }>()
  #closed = false

  constructor(clock: WallClock) {
    this.#clock = clock
  }

  /** Resolves when the account announces more than `known`, after `ms`, or when all ends. */
  async hold(account: Account, known: number, ms: number, gone: AbortSignal): Promise<void> {
    if (this.#closed || gone.aborted || account.announced > known || ms === 0) return
    const over = new AbortController()
    const onGone = (): void => over.abort()
    const waiting = { account, known, over }
    gone.addEventListener('abort', onGone, { once: true })
    this.#waiting.add(waiting)
    await this.#clock.sleep(ms, over.signal)
    this.#waiting.delete(waiting)
    gone.removeEventListener('abort', onGone)
  }

  announce(account: Account): void {
    for (const { account: its, known, over } of this.#waiting) {
      if (its === account && account.announced > known) over.abort()
    }
  }

  close(): void {
    this.#closed = true
    for (const { over } of this.#waiting) over.abort()
  }
}
