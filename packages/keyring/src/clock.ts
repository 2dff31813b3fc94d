import { performance } from 'node:perf_hooks'

/** Time as a capability, so that tests and simulations bring their own. */
export interface Clock {
  /** Monotonic milliseconds from an arbitrary start. */
  now(): number
  /** Milliseconds since 1970, as this machine believes. */
  wall(): number
  /** Resolves after `ms`; rejects with the signal's reason if it is aborted before. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

/** Chance as a capability: uniform in [0, 1). */
export type Chance = () => number

const sleeping =
  ({ holdsProcess }: { holdsProcess: boolean }): Clock['sleep'] =>
  (ms, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason)
      const onAbort = (): void => {
        clearTimeout(timer)
        reject(signal?.reason)
      }
      const timer = setTimeout(() => {
        signal?.removeEventListener('abort', onAbort)
        resolve()
      }, ms)
      if (!holdsProcess) timer.unref()
      signal?.addEventListener('abort', onAbort, { once: true })
    })

export const systemClock: Clock = {
  now: () => performance.now(),
  wall: () => Date.now(),
  sleep: sleeping({ holdsProcess: true }),
}

/** The machine's time for work in the background: its sleeps never keep a process alive. */
export const backgroundClock: Clock = {
  ...systemClock,
  sleep: sleeping({ holdsProcess: false }),
}

/** A pause of a loop that looks at its signal anyway: an abort only ends it early. */
export const rest = (clock: Clock, ms: number, signal: AbortSignal): Promise<void> =>
  clock.sleep(ms, signal).catch(() => undefined)

export const systemChance: Chance = Math.random
