export interface BackoffLimits {
  readonly firstMs: number
  readonly maxMs: number
}

/**
 * How long to wait after so many failures in a row (1 is the first): doubling from `firstMs` to
 * `maxMs`, then between half and all of it, so that a fleet does not return in one wave.
 * @param chance in [0, 1)
 */
export const backoffMs = (failures: number, chance: number, limits: BackoffLimits): number => {
  const doublings = Math.min(Math.max(failures - 1, 0), 30)
  const ceiling = Math.min(limits.firstMs * 2 ** doublings, limits.maxMs)
  return ceiling * (0.5 + chance / 2)
}

/** An interval, give or take a tenth: followers that started together drift apart. */
export const jittered = (ms: number, chance: number): number => ms * (0.9 + chance / 5)
