import type { Account } from '../loop/account.ts'

/** Reports that are held until there is something to announce, or their time is over. */
export class Holding {
  readonly #waiting = new Set<{ account: Account; known: number; release: () => void }>()
  #closed = false

  /** Resolves when the account announces more than `known`, after `ms`, or when all ends. */
  hold(account: Account, known: number, ms: number, gone: AbortSignal): Promise<void> {
    if (this.#closed || account.announced > known || ms === 0) return Promise.resolve()
    return new Promise(resolve => {
      const release = () => {
        clearTimeout(timer)
        gone.removeEventListener('abort', release)
        this.#waiting.delete(waiting)
        resolve()
      }
      const timer = setTimeout(release, ms)
      const waiting = { account, known, release }
      gone.addEventListener('abort', release)
      this.#waiting.add(waiting)
    })
  }

  announce(account: Account): void {
    for (const waiting of this.#waiting) {
      if (waiting.account === account && account.announced > waiting.known) waiting.release()
    }
  }

  close(): void {
    this.#closed = true
    for (const { release } of this.#waiting) release()
  }
}
