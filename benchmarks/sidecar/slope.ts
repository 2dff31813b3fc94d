// A straight line through measured points, and how sure its slope is.

export interface Slope {
  readonly value: number
  /** 95 % bounds, if what is left over is alike everywhere and independent. */
  readonly low: number
  readonly high: number
}

export type Point = readonly [x: number, y: number]

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length

/** Fewer have no use: their t is beyond every table. */
export const pointsMin = 5

/** Student's t for 97.5 %, by Cornish and Fisher's expansion: right to 1 % from 4 degrees on. */
export const studentsT = (degrees: number): number => {
  const z = 1.959964
  const terms = [
    (z ** 3 + z) / 4,
    (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96,
    (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384,
  ]
  return terms.reduce((sum, term, nth) => sum + term / degrees ** (nth + 1), z)
}

/** @throws RangeError for fewer than 5 points. */
export const slopeOf = (points: readonly Point[]): Slope => {
  if (points.length < pointsMin) {
    throw new RangeError(`${points.length} points carry no slope; take at least ${pointsMin}.`)
  }
  const [x, y] = [mean(points.map(([at]) => at)), mean(points.map(([, value]) => value))]
  const spread = points.reduce((sum, [at]) => sum + (at - x) ** 2, 0)
  const value = points.reduce((sum, [at, each]) => sum + (at - x) * (each - y), 0) / spread
  const left = points.reduce((sum, [at, each]) => sum + (each - y - value * (at - x)) ** 2, 0)
  const degrees = points.length - 2
  const margin = studentsT(degrees) * Math.sqrt(left / degrees / spread)
  return { value, low: value - margin, high: value + margin }
}
