import { simulate } from './simulation.ts'
import { reasonOf } from './summary.ts'

/** The first seed that broke a promise, and how. */
export interface Finding {
  readonly seed: number
  readonly why: string
}

/**
 * Runs seeds `from` to `from + count - 1` one after the other in this very thread, so that whoever
 * has put another core in place of ours hunts with it. A broken promise is a finding; so is a
 * component that throws where it never may. `null`: every promise was kept.
 * `only`: the kinds of strikes to draw from, many of them, for a rule that one kind tries.
 */
export const simulateSeeds = async (
  from: number,
  count: number,
  only?: readonly string[],
): Promise<Finding | null> => {
  for (let seed = from; seed < from + count; seed += 1) {
    const why = await simulate({ seed, keep: 1, only }).then(reasonOf, threw)
    if (why !== null) return { seed, why }
  }
  return null
}

const threw = (error: unknown): string =>
  `threw: ${error instanceof Error ? error.message : String(error)}`
