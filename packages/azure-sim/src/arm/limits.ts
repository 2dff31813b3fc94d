import type { Clock } from '../clock.ts'
import { Allowance } from '../http/allowance.ts'
import type { Call, Reply } from '../http/call.ts'
import { throttled } from './errors.ts'

/** Published, per subscription and principal: calls at once, and more each second. */
const published = {
  reads: { size: 250, perSecond: 25 },
  writes: { size: 200, perSecond: 10 },
} as const

type Bucket = keyof typeof published

/**
 * ARM's rate limits by caller. Every answer tells what is left, as the service's do; only where
 * limits are enforced is a caller refused: time in tests is shorter than in Azure.
 */
export class ArmLimits {
  readonly #clock: Clock
  readonly #enforced: boolean
  readonly #allowances = new Map<string, Allowance>()

  constructor(clock: Clock, enforced: boolean) {
    this.#clock = clock
    this.#enforced = enforced
  }

  /** Counts a call. POST is a write to ARM, whatever it does: `listKeys` is one. */
  admit(call: Call, caller: string): { headers: Record<string, string>; refusal: Reply | null } {
    const bucket: Bucket = call.method === 'GET' || call.method === 'HEAD' ? 'reads' : 'writes'
    const allowance = this.#allowance(bucket, caller)
    const left = allowance.take()
    const headers = { [`x-ms-ratelimit-remaining-subscription-${bucket}`]: `${Math.max(0, left)}` }
    const refusal = this.#enforced && left < 0 ? throttled(allowance.retryAfterSeconds()) : null
    return { headers, refusal }
  }

  #allowance(bucket: Bucket, caller: string): Allowance {
    const name = `${bucket} ${caller}`
    const held = this.#allowances.get(name)
    if (held) return held
    const { size, perSecond } = published[bucket]
    const fresh = new Allowance(this.#clock, size, perSecond)
    this.#allowances.set(name, fresh)
    return fresh
  }
}
