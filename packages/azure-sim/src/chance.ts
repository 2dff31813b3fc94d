/** Uniform in [0, 1), a pure function of the seed and of what is named: replayable in any order. */
export type Chance = (...what: readonly (string | number)[]) => number
