// Confidence bounds that assume nothing of how a noisy machine's figures are distributed.

/** A median and its confidence bounds. */
export interface Bounds {
  readonly low: number
  readonly median: number
  readonly high: number
}

/** The fewest rounds of which any two carry 95 %. */
export const roundsMin = 6

const confidence = 0.95

/** Of `count` tosses of a coin, the chance of at most `heads`. */
export const atMost = (heads: number, count: number): number => {
  let ways = 1
  let sum = 0
  for (let k = 0; k <= heads; k++) {
    sum += ways
    ways = (ways * (count - k)) / (k + 1)
  }
  return sum / 2 ** count
}

export const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b)
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]]
  return low === undefined || high === undefined ? Number.NaN : (low + high) / 2
}

/**
 * How many of the smallest, and of the largest, values to leave out: each value falls below the
 * true median with probability one half, whatever the distribution, so the rank of the median is
 * binomial.
 */
export const leftOut = (count: number): number => {
  let out = 0
  while (2 * atMost(out, count) <= 1 - confidence) out += 1
  // The last one tried was one too many.
  return Math.max(0, out - 1)
}

/**
 * The median with bounds that hold it with at least 95 %, by order statistics.
 * @throws RangeError for fewer than 6 values: not even the widest pair of them carries that.
 */
export const medianBounds = (values: readonly number[]): Bounds => {
  if (values.length < roundsMin) {
    throw new RangeError(
      `${values.length} rounds carry no 95 % bounds of a median; take at least ${roundsMin}.`,
    )
  }
  const sorted = values.toSorted((a, b) => a - b)
  const out = leftOut(values.length)
  const [low, high] = [sorted[out], sorted[sorted.length - 1 - out]]
  return { low: low ?? Number.NaN, median: median(values), high: high ?? Number.NaN }
}

/** Each round's value against the same round's base: what the machine did meanwhile met both. */
export const paired = (values: readonly number[], base: readonly number[]): number[] =>
  values.map((value, round) => value / (base[round] ?? Number.NaN))
