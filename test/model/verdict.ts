import type { WorldResult } from './run-world.ts'

/** What all worlds come to together. */
export interface Verdict {
  readonly complete: boolean
  readonly states: number
  readonly violations: number
  readonly worlds: readonly {
    readonly name: string
    readonly states: number
    readonly depth: number
    readonly complete: boolean
    readonly faults: number
    readonly ms: number
  }[]
  readonly faultsCovered: number
  readonly faults: number
  readonly faultPairsCovered: number
  readonly faultPairs: number
}

/** Broken states and states without an end both count as violations. */
export const verdictOf = (
  results: readonly WorldResult[],
  names: readonly string[],
): Verdict & { readonly pairsMissing: readonly string[] } => {
  const met = new Set(results.flatMap(({ pairs }) => pairs))
  const occurred = new Set(results.flatMap(({ faults }) => faults))
  const all = pairsOf(names)
  const sum = (of: (result: WorldResult) => number) =>
    results.reduce((total, result) => total + of(result), 0)
  return {
    complete: results.every(({ complete }) => complete),
    states: sum(({ states }) => states),
    violations: sum(({ broken, stuck }) => broken.length + (stuck > 0 ? 1 : 0)),
    worlds: results.map(({ name, states, depth, complete, faults, ms }) => ({
      name,
      states,
      depth,
      complete,
      faults: faults.length,
      ms,
    })),
    faultsCovered: names.filter(name => occurred.has(name)).length,
    faults: names.length,
    faultPairsCovered: all.filter(pair => met.has(pair)).length,
    faultPairs: all.length,
    pairsMissing: all.filter(pair => !met.has(pair)),
  }
}

/** Two different faults on one path, whichever came first. */
const pairsOf = (names: readonly string[]): readonly string[] => {
  const sorted = [...names].sort()
  return sorted.flatMap((one, index) => sorted.slice(index + 1).map(other => `${one} + ${other}`))
}
