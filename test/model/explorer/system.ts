/** One edge: what happens, as a sentence; the fault that it is, if it is one; where it leads. */
export interface Step<S> {
  readonly says: string
  readonly fault: string | null
  /** The very state that it starts from, where nothing comes of it. */
  readonly to: S
}

/** Whatever can be explored: a start, what may happen next, and when two states are one. */
export interface System<S> {
  readonly initial: S
  readonly steps: (state: S) => readonly Step<S>[]
  /**
   * States with equal keys must have equal futures, but for how many faults are left to them: the
   * key is where symmetry, renaming and saturated time happen. The states themselves stay
   * concrete, so that traces read well. Fault-free steps may not depend on the faults before.
   */
  readonly key: (state: S) => string
  /** What is broken in this state; a broken state is not explored any further. */
  readonly broken: (state: S) => readonly string[]
  /** Where a path may end: nothing is left to happen that matters. */
  readonly hasEnded: (state: S) => boolean
}

export interface Limits {
  readonly statesMax: number
  /** Stop at the first broken state: what mutations ask for. */
  readonly untilBroken: boolean
  /** Whether states without an end are looked for. */
  readonly asksForEnd?: boolean
}

export interface Finding {
  readonly what: string
  /** A shortest way there, among those with the fewest faults, as sentences. */
  readonly trace: readonly string[]
}

export interface Explored {
  readonly states: number
  readonly edges: number
  readonly depth: number
  /** Whether every reachable state was seen. */
  readonly complete: boolean
  readonly ends: number
  readonly broken: readonly Finding[]
  /** States from which no end is reached by fault-free edges: how many, and the first. */
  readonly stuck: number
  readonly firstStuck: Finding | null
  readonly faults: ReadonlySet<string>
  /** Each two faults that one explored path met, as `a + b` in the alphabet's order. */
  readonly pairs: ReadonlySet<string>
}
