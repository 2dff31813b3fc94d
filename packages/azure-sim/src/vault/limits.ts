import type { Clock } from '../clock.ts'

/**
 * Key Vault's limit of transactions, per vault: 4,000 in 10 seconds
 * (learn.microsoft.com, "Azure Key Vault service limits").
 */
const transactionsMax = 4_000
const windowMs = 10_000

/** Counts transactions in windows of ten seconds. */
export class VaultLimit {
  readonly #clock: Clock
  #window = Number.NEGATIVE_INFINITY
  #count = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Counts one; says in how many seconds to come again where it is one too many. */
  take(): number | undefined {
    const now = this.#clock.now()
    if (now - this.#window >= windowMs) {
      this.#window = now
      this.#count = 0
    }
    this.#count++
    if (this.#count <= transactionsMax) return undefined
    return Math.max(1, Math.ceil((this.#window + windowMs - now) / 1_000))
  }
}
