import { type BackoffLimits, backoffMs, jittered } from '@keyturn/core'
import type { Chance, Clock } from '../clock.ts'
import { rest } from '../clock.ts'

/** A failure that says when to come back, in ms. */
export interface Patient {
  readonly retryAfterMs: number
}

const isPatient = (error: unknown): error is Patient =>
  typeof error === 'object' &&
  error !== null &&
  'retryAfterMs' in error &&
  typeof error.retryAfterMs === 'number'

export interface LoopOptions {
  /** Reads once and offers what it read; a rejection counts as a failure. */
  readonly read: (signal: AbortSignal) => Promise<void>
  /** A read that takes longer, in ms, has failed: one that hangs must not end all polling. */
  readonly readMsMax: number
  /** Between two reads that went well, in ms; a tenth more or less. */
  readonly pollMs: number
  readonly backoff: BackoffLimits
  readonly clock: Clock
  readonly chance: Chance
}

/**
 * Reads on and on, with back-off after failures, and at once when asked. Two reads never overlap,
 * and whoever asks gets one that began after the question. Who was told when to come back comes
 * back then, whoever asks: until that moment a read is answered with the failure that said so.
 */
export class FollowLoop {
  readonly #options: LoopOptions
  readonly #stop = new AbortController()
  #reading: Promise<void> | null = null
  #queued: Promise<void> | null = null
  #failures = 0
  /** When the loop itself reads next. */
  #dueAt = 0
  /** A failure that named a time, until that time. */
  #told: { readonly until: number; readonly failure: unknown } | null = null
  #rearm = new AbortController()
  #running: Promise<void> = Promise.resolve()

  constructor(options: LoopOptions) {
    this.#options = options
  }

  start(): void {
    this.#running = this.#run()
  }

  async stop(): Promise<void> {
    this.#stop.abort(new Error('The source was stopped.'))
    this.#rearm.abort()
    await this.#running
    await this.#reading?.catch(() => undefined)
  }

  get stopped(): boolean {
    return this.#stop.signal.aborted
  }

  /** A read that begins now or after the one that runs. Rejects as the read does. */
  now(): Promise<void> {
    if (this.stopped) return Promise.reject(this.#stop.signal.reason)
    if (this.#reading === null) return this.#read()
    this.#queued ??= this.#reading
      .catch(() => undefined)
      .then(() => {
        this.#queued = null
        return this.#read()
      })
    return this.#queued
  }

  #read(): Promise<void> {
    const { clock } = this.#options
    if (this.#told !== null && clock.now() < this.#told.until) {
      return Promise.reject(this.#told.failure)
    }
    const reading = this.#bounded().then(
      () => this.#wentWell(),
      (error: unknown) => {
        this.#failed(error)
        throw error
      },
    )
    this.#reading = reading.finally(() => {
      this.#reading = null
      // Whoever asked for it: the loop's next look counts from this one.
      this.#rearm.abort()
    })
    return this.#reading
  }

  #wentWell(): void {
    const { clock, chance, pollMs } = this.#options
    this.#failures = 0
    this.#told = null
    this.#dueAt = clock.now() + jittered(pollMs, chance())
  }

  #failed(failure: unknown): void {
    const { clock, chance, backoff } = this.#options
    this.#failures += 1
    const waitMs = backoffMs(this.#failures, chance(), backoff)
    const toldMs = isPatient(failure) ? failure.retryAfterMs : 0
    this.#told = toldMs > 0 ? { until: clock.now() + toldMs, failure } : null
    this.#dueAt = clock.now() + Math.max(waitMs, toldMs)
  }

  async #bounded(): Promise<void> {
    const { clock, read, readMsMax } = this.#options
    const done = new AbortController()
    const late = new AbortController()
    const reason = new DOMException(`Nothing came in ${readMsMax} ms.`, 'TimeoutError')
    void rest(clock, readMsMax, done.signal).then(() => late.abort(reason))
    const signal = AbortSignal.any([this.#stop.signal, late.signal])
    try {
      await orAborted(read(signal), signal)
    } finally {
      done.abort()
    }
  }

  async #run(): Promise<void> {
    const { clock } = this.#options
    while (!this.stopped) {
      if (clock.now() < this.#dueAt) {
        await rest(clock, Math.max(this.#dueAt - clock.now(), 1), this.#rearm.signal)
        if (this.#rearm.signal.aborted && !this.stopped) this.#rearm = new AbortController()
      } else {
        // The source's status says what went wrong; here only the wait matters.
        await this.now().catch(() => undefined)
      }
    }
  }
}

/** The same wait for everybody, ended early by a caller's signal; the work itself goes on. */
export const orAborted = async <T>(work: Promise<T>, signal: AbortSignal): Promise<T> => {
  const { promise, reject } = Promise.withResolvers<never>()
  const abort = (): void => reject(signal.reason)
  if (signal.aborted) abort()
  signal.addEventListener('abort', abort, { once: true })
  try {
    return await Promise.race([work, promise])
  } finally {
    signal.removeEventListener('abort', abort)
    promise.catch(() => undefined)
    work.catch(() => undefined)
  }
}
