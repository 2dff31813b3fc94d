// Quantiles with bounds that assume nothing of how a noisy machine's figures are distributed.

export interface Quantile {
  readonly value: number
  /** Both together hold the true quantile with 95 %, where so few values can say that much. */
  readonly low: number
  /** `null`: no value that was seen lies above it with certainty. */
  readonly high: number | null
}

export interface Quantiles {
  readonly p50: number
  readonly p99: number
  readonly bounds: { readonly p50: Quantile; readonly p99: Quantile }
  readonly samples: number
}

const tail = 0.025

/** The chance of each count of successes among `count` tries, one after the other. */
function* binomial(count: number, chance: number): Generator<number> {
  // By logarithms: 0.01 to the thousandth is nothing to a double.
  let log = count * Math.log1p(-chance)
  for (let k = 0; k <= count; k++) {
    yield Math.exp(log)
    log += Math.log((count - k) / (k + 1)) + Math.log(chance / (1 - chance))
  }
}

/**
 * Ranks, counted from 0, whose values hold the quantile: how many values lie below it is binomial,
 * whatever the distribution. `high` may be `count`: then no rank lies above with enough certainty.
 */
export const ranksAround = (
  count: number,
  quantile: number,
): { readonly low: number; readonly high: number } => {
  let sum = 0
  let low = -1
  let high = count
  let below = 0
  for (const chance of binomial(count, quantile)) {
    sum += chance
    if (sum <= tail) low = below
    if (sum >= 1 - tail) {
      high = below
      break
    }
    below += 1
  }
  return { low: Math.max(low, 0), high }
}

const at = (sorted: readonly number[], rank: number): number => sorted[rank] ?? Number.NaN

export const quantileOf = (values: readonly number[], quantile: number): Quantile => {
  const sorted = values.toSorted((a, b) => a - b)
  const { low, high } = ranksAround(sorted.length, quantile)
  const rank = Math.min(Math.ceil(quantile * sorted.length), sorted.length) - 1
  return {
    value: at(sorted, Math.max(rank, 0)),
    low: at(sorted, low),
    high: high < sorted.length ? at(sorted, high) : null,
  }
}

/** @throws RangeError where there are no values. */
export const quantilesOf = (values: readonly number[]): Quantiles => {
  if (values.length === 0) throw new RangeError('No values have no quantiles.')
  const bounds = { p50: quantileOf(values, 0.5), p99: quantileOf(values, 0.99) }
  const { p50, p99 } = bounds
  return { p50: p50.value, p99: p99.value, bounds, samples: values.length }
}
