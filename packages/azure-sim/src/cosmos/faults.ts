import type { Chance } from '../chance.ts'

/** How often each fault befalls an authenticated request, each from 0 to 1. */
export interface FaultRates {
  /** 429 with `x-ms-retry-after-ms`. */
  readonly throttle: number
  /** The connection is reset before the request has any effect. */
  readonly resetBefore: number
  /** The connection is reset after the effect: the client cannot know that it happened. */
  readonly resetAfter: number
  /** The answer comes late, by a time between the two bounds. */
  readonly slow: { readonly rate: number; readonly ms: readonly [low: number, high: number] }
  /** 503. */
  readonly unavailable: number
}

export type Fault =
  | { readonly kind: 'throttle'; readonly retryAfterMs: number }
  | { readonly kind: 'resetBefore' | 'resetAfter' | 'unavailable' }
  /** 449, 408, and 404 with 1002: a region that has not yet seen what the session has written. */
  | { readonly kind: 'retryWith' | 'timeout' | 'sessionNotAvailable' }
  | { readonly kind: 'slow'; readonly ms: number }

export const calm: FaultRates = {
  throttle: 0,
  resetBefore: 0,
  resetAfter: 0,
  slow: { rate: 0, ms: [0, 0] },
  unavailable: 0,
}

/** How long a throttled client is asked to wait, in milliseconds. */
const retryAfterMs: readonly [number, number] = [5, 50]

/** So many operations are remembered; the oldest is forgotten first, and then counts from 0 again. */
const namesMax = 250_000

/** A fault asked for by a test, for the next requests that match. */
interface Demand {
  readonly fault: Fault
  readonly matches: (name: string) => boolean
  times: number
}

/**
 * Draws faults. What befalls a request depends on the seed, on the operation it belongs to and on
 * how often that operation was tried, and on nothing else: a run with a rotation and one without
 * meet the same weather, operation by operation, in whatever order they come. Requests that were
 * refused for their signature are not counted.
 */
export class Faults {
  readonly #chance: Chance
  readonly #tries = new Map<string, number>()
  readonly #demands: Demand[] = []
  #rates: FaultRates

  constructor(chance: Chance, rates: Partial<FaultRates> = {}) {
    this.#chance = chance
    this.#rates = checked({ ...calm, ...rates })
  }

  get rates(): FaultRates {
    return this.#rates
  }

  /** Changes some of the rates from now on. Throws RangeError on a rate outside 0 to 1. */
  set(rates: Partial<FaultRates>): void {
    this.#rates = checked({ ...this.#rates, ...rates })
  }

  /** The next `times` requests whose name matches meet this fault, whatever the rates say. */
  demand(fault: Fault, times = 1, matches: (name: string) => boolean = () => true): void {
    this.#demands.push({ fault, matches, times })
  }

  /** The fault of this authenticated request of the operation `name`, or `null`. */
  draw(name: string): Fault | null {
    const demanded = this.#demanded(name)
    if (demanded !== null) return demanded
    const { throttle, resetBefore, resetAfter, slow, unavailable } = this.#rates
    if (throttle + resetBefore + resetAfter + slow.rate + unavailable === 0) return null
    const ordinal = this.#count(name)
    const happens = (kind: string, rate: number): boolean =>
      rate > 0 && this.#chance('cosmos', kind, name, ordinal) < rate
    const between = ([low, high]: readonly [number, number], kind: string): number =>
      Math.round(low + this.#chance('cosmos', kind, 'ms', name, ordinal) * (high - low))
    if (happens('resetBefore', resetBefore)) return { kind: 'resetBefore' }
    if (happens('throttle', throttle)) {
      return { kind: 'throttle', retryAfterMs: between(retryAfterMs, 'throttle') }
    }
    if (happens('unavailable', unavailable)) return { kind: 'unavailable' }
    if (happens('resetAfter', resetAfter)) return { kind: 'resetAfter' }
    if (happens('slow', slow.rate)) return { kind: 'slow', ms: between(slow.ms, 'slow') }
    return null
  }

  #demanded(name: string): Fault | null {
    const at = this.#demands.findIndex(demand => demand.matches(name))
    const demand = this.#demands[at]
    if (demand === undefined) return null
    demand.times -= 1
    if (demand.times <= 0) this.#demands.splice(at, 1)
    return demand.fault
  }

  #count(name: string): number {
    const ordinal = this.#tries.get(name) ?? 0
    this.#tries.set(name, ordinal + 1)
    if (this.#tries.size > namesMax) {
      for (const oldest of this.#tries.keys()) {
        this.#tries.delete(oldest)
        break
      }
    }
    return ordinal
  }
}

function checked(rates: FaultRates): FaultRates {
  const { throttle, resetBefore, resetAfter, slow, unavailable } = rates
  const given = { throttle, resetBefore, resetAfter, 'slow.rate': slow.rate, unavailable }
  for (const [name, rate] of Object.entries(given)) {
    if (!(rate >= 0 && rate <= 1)) {
      throw new RangeError(`The fault rate ${name} is ${rate}; give a number from 0 to 1.`)
    }
  }
  if (!(slow.ms[0] >= 0 && slow.ms[1] >= slow.ms[0])) {
    throw new RangeError(`The bounds of slow.ms are ${slow.ms}; give [low, high] in milliseconds.`)
  }
  return rates
}
