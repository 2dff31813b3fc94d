import type { PipelinePolicy } from '@azure/core-rest-pipeline'

/** What ARM has asked for, in any answer: to be left alone for a while. */
export class RetryAfter {
  readonly #now: () => number
  #ms = 0

  constructor(now: () => number) {
    this.#now = now
  }

  /** Sees every answer, those that the SDK retries by itself as well. */
  readonly policy: PipelinePolicy = {
    name: 'retry-after',
    sendRequest: async (request, next) => {
      const response = await next(request)
      const said = response.headers.get('retry-after')
      if (said !== undefined) this.#ms = Math.max(this.#ms, retryAfterMs(said, this.#now()))
      return response
    },
  }

  /** The most that was asked for since the last time, in ms. */
  take(): number {
    const ms = this.#ms
    this.#ms = 0
    return ms
  }
}

/** Seconds, or a date (RFC 9110); what is neither asks for nothing. */
export const retryAfterMs = (said: string, now: number): number => {
  const ms = /^\d+$/.test(said.trim()) ? Number(said) * 1_000 : Date.parse(said) - now
  return Number.isFinite(ms) ? Math.max(0, ms) : 0
}
