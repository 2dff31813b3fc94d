import type { Clock } from '../clock.ts'
import { Allowance } from '../http/allowance.ts'
import type { Call, Reply } from '../http/call.ts'
import { throttled, tooManyOperations } from './errors.ts'

/** Published, per subscription and principal: calls at once, and more each second. */
const published = {
  reads: { size: 250, perSecond: 25 },
  writes: { size: 200, perSecond: 10 },
  deletes: { size: 200, perSecond: 10 },
} as const

type Bucket = keyof typeof published

const minuteMs = 60_000

/** Published per account ("Azure Cosmos DB service quotas", control plane): so many in a span. */
const perAccount = {
  listKeys: { max: 500, spanMs: 5 * minuteMs },
  failovers: { max: 10, spanMs: 60 * minuteMs },
  others: { max: 500, spanMs: 5 * minuteMs },
} as const

type Kind = keyof typeof perAccount

/**
 * ARM's rate limits by caller, and Cosmos DB's by account. Every answer tells what is left to the
 * caller, as the service's do; only where limits are enforced is anybody refused: time in tests is
 * shorter than in Azure.
 */
export class ArmLimits {
  readonly #clock: Clock
  readonly #enforced: boolean
  readonly #allowances = new Map<string, Allowance>()
  readonly #windows = new Map<Kind, { from: number; count: number }>()

  constructor(clock: Clock, enforced: boolean) {
    this.#clock = clock
    this.#enforced = enforced
  }

  /** Counts a call. POST is a write to ARM, whatever it does: `listKeys` is one. */
  admit(call: Call, caller: string): { headers: Record<string, string>; refusal: Reply | null } {
    const bucket = bucketOf(call.method)
    const allowance = this.#allowance(bucket, caller)
    const left = allowance.take()
    const headers = { [`x-ms-ratelimit-remaining-subscription-${bucket}`]: `${Math.max(0, left)}` }
    if (!this.#enforced) return { headers, refusal: null }
    if (left < 0) return { headers, refusal: throttled(allowance.retryAfterSeconds()) }
    const waitSeconds = this.#takeOfAccount(kindOf(call.path))
    const refusal = waitSeconds === undefined ? null : tooManyOperations(waitSeconds)
    return { headers, refusal }
  }

  /** Counts in windows; says in how many seconds to come again where it is one too many. */
  #takeOfAccount(kind: Kind): number | undefined {
    const now = this.#clock.now()
    const { max, spanMs } = perAccount[kind]
    const held = this.#windows.get(kind)
    const window = held && now - held.from < spanMs ? held : { from: now, count: 0 }
    this.#windows.set(kind, window)
    window.count++
    if (window.count <= max) return undefined
    return Math.max(1, Math.ceil((window.from + spanMs - now) / 1_000))
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

function bucketOf(method: string): Bucket {
  if (method === 'GET' || method === 'HEAD') return 'reads'
  return method === 'DELETE' ? 'deletes' : 'writes'
}

function kindOf(path: string): Kind {
  if (/\/(listkeys|readonlykeys|listconnectionstrings)$/i.test(path)) return 'listKeys'
  return /\/failoverprioritychange$/i.test(path) ? 'failovers' : 'others'
}
