import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import type { Identity } from '../access/identity.ts'
import type { Access } from '../access/options.ts'
import { Refusal } from './problem.ts'

/** Wrong tokens of one address in a minute; whoever presents a right one passes all the same. */
const refusalsPerMinute = 120

/** Requests of one member that may be held: two connections, and those that it has lost. */
const heldMax = 8
/** Streams of events: of one identity, and of all. */
const streamsMax = { each: 32, all: 512 } as const

/**
 * How much may be asked. Each identity has its own measure: a fleet of thousands may come from one
 * address and take nothing from each other, and nobody who is refused takes from those who are not.
 */
export class RateLimits {
  readonly #refusals = new RateLimiterMemory({ points: refusalsPerMinute, duration: 60 })
  readonly #people: RateLimiterMemory
  readonly #members: RateLimiterMemory
  readonly #looks: RateLimiterMemory
  readonly #held = new Places(heldMax)
  readonly #streams = new Places(streamsMax.each, streamsMax.all)

  constructor({ requestsPerSecond, reportsPerSecond, looksPerMinute }: Access['limits']) {
    // Over ten seconds: a page that loads, or a swap that is acknowledged, comes in a burst.
    this.#people = new RateLimiterMemory({ points: requestsPerSecond * 10, duration: 10 })
    this.#members = new RateLimiterMemory({ points: reportsPerSecond * 10, duration: 10 })
    this.#looks = new RateLimiterMemory({ points: looksPerMinute, duration: 60 })
  }

  /** Nobody was known by what was presented. @throws {Refusal} TOO_MANY_REQUESTS */
  async refused(address: string): Promise<void> {
    await spend(this.#refusals, networkOf(address), 'What came from this address was refused')
  }

  /** @throws {Refusal} TOO_MANY_REQUESTS */
  async asked(identity: Identity): Promise<void> {
    // A member is measured by its name, which is known later: its token may be the whole fleet's.
    if (identity.reporting !== undefined) return
    await spend(this.#people, keyOf(identity), `${identity.name} has asked`)
  }

  /** Azure is asked for it, whose reads are rationed. @throws {Refusal} TOO_MANY_REQUESTS */
  async looked(identity: Identity): Promise<void> {
    await spend(this.#looks, keyOf(identity), `${identity.name} has made Azure be asked`)
  }

  /** @throws {Refusal} TOO_MANY_REQUESTS */
  async reported(member: string): Promise<void> {
    await spend(this.#members, member, `${member} has reported`)
  }

  /** @returns what frees the place. @throws {Refusal} TOO_MANY_REQUESTS */
  holding(member: string): () => void {
    const free = this.#held.take(member)
    if (free !== null) return free
    throw tooMany(`${heldMax} reports of ${member} are held already: wait for their answers.`, 1)
  }

  /** @returns what frees the place. @throws {Refusal} TOO_MANY_STREAMS */
  streaming(identity: Identity): () => void {
    const free = this.#streams.take(keyOf(identity))
    if (free !== null) return free
    const sentence = `${identity.name} follows ${streamsMax.each} streams, or all follow ${streamsMax.all}: close some.`
    throw new Refusal('TOO_MANY_STREAMS', sentence, { 'retry-after': '5' })
  }
}

/** So many at once, by name and in all. */
class Places {
  readonly #each: number
  readonly #all: number
  readonly #taken = new Map<string, number>()
  #sum = 0

  constructor(each: number, all = Number.POSITIVE_INFINITY) {
    this.#each = each
    this.#all = all
  }

  take(name: string): (() => void) | null {
    const taken = this.#taken.get(name) ?? 0
    if (taken >= this.#each || this.#sum >= this.#all) return null
    this.#count(name, 1)
    let isFree = false
    return () => {
      if (!isFree) this.#count(name, -1)
      isFree = true
    }
  }

  #count(name: string, change: number): void {
    const taken = (this.#taken.get(name) ?? 0) + change
    this.#sum += change
    if (taken === 0) this.#taken.delete(name)
    else this.#taken.set(name, taken)
  }
}

const keyOf = ({ issuer, subject, by }: Identity): string => `${by} ${issuer ?? ''} ${subject}`

const spend = async (limiter: RateLimiterMemory, key: string, who: string): Promise<void> => {
  try {
    await limiter.consume(key)
  } catch (over) {
    if (!(over instanceof RateLimiterRes)) throw over
    const seconds = Math.max(1, Math.ceil(over.msBeforeNext / 1000))
    throw tooMany(`${who} too often: try again in ${seconds} s.`, seconds)
  }
}

const tooMany = (sentence: string, seconds: number): Refusal =>
  new Refusal('TOO_MANY_REQUESTS', sentence, { 'retry-after': String(seconds) })

/** Whoever has one address of IPv6 has 2^64 of them. */
export const networkOf = (address: string): string => {
  if (!address.includes(':') || address.startsWith('::ffff:')) return address
  const [head = [], tail = []] = address
    .split('::')
    .map(part => part.split(':').filter(group => group !== ''))
  const left = Math.max(0, 8 - head.length - tail.length)
  return [...head, ...Array<string>(left).fill('0'), ...tail].slice(0, 4).join(':')
}
