import type { DataRecord } from '../witness.ts'
import type { AccountKey } from './types.ts'

/** How many steps the lag is resolved in: memory per key is bounded by it. */
const steps = 64

/**
 * What Azure itself says of a key's last use: known only `lagMs` after it happened. Azure calls it
 * approximate and publishes no lag.
 */
export class KeyUsage {
  readonly #uses = new Map<string, number[]>()
  readonly #lagMs: () => number

  constructor(lagMs: () => number) {
    this.#lagMs = lagMs
  }

  /** Takes note of a request. Only accepted ones count: a refused one used no key. */
  note({ key, status, at }: DataRecord): void {
    if (key === null || status === 401 || status === 403) return
    const uses = this.#uses.get(key.thumbprint) ?? []
    if (uses.length === 0) this.#uses.set(key.thumbprint, uses)
    const lag = this.#lagMs()
    // Within one step only the last use matters; older than the lag, only the newest does.
    const previous = uses.at(-2)
    if (previous !== undefined && at - previous < lag / steps) uses[uses.length - 1] = at
    else uses.push(at)
    while ((uses[1] ?? Number.POSITIVE_INFINITY) <= at - lag) uses.shift()
  }

  /** The last use that has become known by `now`; nothing where none was recorded. */
  lastUse(key: AccountKey, now: number): number | undefined {
    return this.#uses.get(key.thumbprint)?.findLast(at => at <= now - this.#lagMs())
  }
}
