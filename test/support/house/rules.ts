import type { House, Violation } from './house.ts'

const lineCap = 300 // Past that, a file has more than one idea.

export const overlong = (house: House): readonly Violation[] =>
  house.sources
    .filter(({ lines }) => lines > lineCap)
    .map(({ path, lines }) => `${path} has ${lines} lines; the cap is ${lineCap}`)

/** Time, chance and the world are arguments of core's functions, never something that they reach for. */
export const impure = (house: House): readonly Violation[] =>
  house.sources.flatMap(({ path, impurities }) =>
    impurities.map(({ what, line }) => `${path}:${line} core is pure and uses ${what}`),
  )
