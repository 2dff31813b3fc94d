/**
 * How far each region's clock is ahead of the simulator's, in milliseconds; negative where it is
 * behind. The region judges dates and expiries by it, and tells it in `date`: what a client needs
 * to correct its own.
 */
export class ClockSkew {
  readonly #own = new Map<string, number>()
  #general = 0

  /** Of one region, or where none is named of all. Throws RangeError for what is no number. */
  set(ms: number, region?: string): void {
    if (!Number.isFinite(ms)) {
      throw new RangeError(`The clock skew is ${ms}; give milliseconds, negative for behind.`)
    }
    if (region !== undefined) {
      this.#own.set(region, ms)
      return
    }
    this.#own.clear()
    this.#general = ms
  }

  of(region: string): number {
    return this.#own.size === 0 ? this.#general : (this.#own.get(region) ?? this.#general)
  }
}
