import type { Clock } from '@keyturn/keyring'

interface Sleeper {
  readonly at: number
  readonly wake: () => void
}

/** Time that passes as soon as nothing else is left to do, in the order of the sleepers. */
export class EagerClock implements Clock {
  #now = 0
  #sleepers: Sleeper[] = []

  now(): number {
    return this.#now
  }

  wall(): number {
    return 1_700_000_000_000 + this.#now
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason)
      const cancel = this.#after(ms, () => {
        signal?.removeEventListener('abort', onAbort)
        resolve()
      })
      const onAbort = (): void => {
        cancel()
        reject(signal?.reason)
      }
      signal?.addEventListener('abort', onAbort, { once: true })
    })
  }

  /**
   * Timers that libraries set by themselves belong to this clock until the returned function is
   * called; nothing else may set one meanwhile.
   */
  takeTimers(): () => void {
    const { setTimeout, clearTimeout } = globalThis
    const set = (run: () => void, ms = 0) => ({ cancel: this.#after(ms, run), unref() {} })
    const clear = (timer?: { cancel?: () => void }) => timer?.cancel?.()
    Object.assign(globalThis, { setTimeout: set, clearTimeout: clear })
    return () => Object.assign(globalThis, { setTimeout, clearTimeout })
  }

  #after(ms: number, wake: () => void): () => void {
    const sleeper: Sleeper = { at: this.#now + ms, wake }
    this.#sleepers.push(sleeper)
    setImmediate(() => this.#wakeNext())
    return () => {
      this.#sleepers = this.#sleepers.filter(each => each !== sleeper)
    }
  }

  #wakeNext(): void {
    const [first, ...others] = this.#sleepers
    if (first === undefined) return
    const next = others.reduce((soonest, each) => (each.at < soonest.at ? each : soonest), first)
    this.#sleepers = this.#sleepers.filter(each => each !== next)
    this.#now = Math.max(this.#now, next.at)
    next.wake()
  }
}
