import { Befallen } from './befallen.ts'
import { Graph } from './graph.ts'
import { Numbers } from './numbers.ts'
import { Seen } from './seen.ts'
import type { Explored, Finding, Limits, Step, System } from './system.ts'

/** More than this many broken states teach nothing new. */
const findingsMax = 5

/**
 * Every reachable state, breadth first, so that the first way to a broken one is a shortest one.
 * `tell` hears how far it is, level by level and now and then between.
 */
export const explore = <S>(
  system: System<S>,
  limits: Limits,
  tell: (states: number, depth: number) => void = () => undefined,
): Explored => new Exploration(system, limits, tell).run()

class Exploration<S> {
  readonly #system: System<S>
  readonly #limits: Limits
  readonly #tell: (states: number, depth: number) => void
  readonly #seen = new Seen()
  readonly #graph = new Graph()
  /** How each state was first reached: from which one, by which of its steps. */
  readonly #parents = new Numbers()
  readonly #ordinals = new Numbers()
  readonly #ends = new Numbers()
  readonly #broken: Finding[] = []
  readonly #brokenStates = new Set<number>()
  readonly #befallen = new Befallen()
  #edges = 0
  #depth = 0
  /** Of the states that are about to be reached. */
  #level = 0

  constructor(system: System<S>, limits: Limits, tell: (states: number, depth: number) => void) {
    this.#system = system
    this.#limits = limits
    this.#tell = tell
  }

  run(): Explored {
    let level: { state: S; index: number }[] = []
    this.#arrive(this.#system.initial, -1, 0, level)
    this.#level = 1
    while (level.length > 0 && !this.#isOver()) {
      const next: { state: S; index: number }[] = []
      for (const { state, index } of level) {
        if (this.#isOver()) break
        this.#expand(state, index, next)
        if (index % 5_000 === 0) this.#tell(this.#seen.size, this.#depth)
      }
      level = next
      this.#level += 1
    }
    return this.#result(level.length === 0)
  }

  #isOver(): boolean {
    if (this.#limits.untilBroken && this.#broken.length > 0) return true
    return this.#seen.size >= this.#limits.statesMax
  }

  #expand(state: S, index: number, next: { state: S; index: number }[]): void {
    for (const [ordinal, step] of this.#system.steps(state).entries()) {
      this.#edges += 1
      const to = this.#arrive(step.to, index, ordinal, next)
      if (step.fault !== null || to !== index) this.#befallen.add(index, to, step.fault)
      if (step.fault === null && to !== index) this.#graph.add(index, to)
    }
  }

  #arrive(state: S, parent: number, ordinal: number, next: { state: S; index: number }[]): number {
    const { index, isNew } = this.#seen.add(this.#system.key(state))
    if (!isNew) return index
    this.#depth = this.#level
    this.#parents.push(parent)
    this.#ordinals.push(ordinal)
    const broken = this.#system.broken(state)
    if (broken.length > 0) {
      this.#brokenStates.add(index)
      if (this.#broken.length < findingsMax) {
        this.#broken.push({ what: broken.join('; '), trace: this.#traceTo(index) })
      }
    } else if (this.#system.hasEnded(state)) this.#ends.push(index)
    else next.push({ state, index })
    return index
  }

  #result(complete: boolean): Explored {
    const asks = this.#limits.asksForEnd ?? true
    const stuck = complete && asks ? this.#stuck() : []
    const first = stuck[0]
    return {
      states: this.#seen.size,
      edges: this.#edges,
      depth: this.#depth,
      complete,
      ends: this.#ends.length,
      broken: this.#broken,
      stuck: stuck.length,
      firstStuck:
        first === undefined
          ? null
          : { what: 'no end is reached without a further fault', trace: this.#traceTo(first) },
      faults: new Set(this.#befallen.faults),
      pairs: this.#befallen.pairs(this.#seen.size),
    }
  }

  #stuck(): readonly number[] {
    const reaches = this.#graph.reaching(this.#ends, this.#seen.size)
    const stuck: number[] = []
    for (let index = 0; index < this.#seen.size; index += 1) {
      if (reaches[index] === 0 && !this.#brokenStates.has(index)) stuck.push(index)
    }
    // One that leads to a broken state only is told as broken.
    return this.#broken.length > 0 ? [] : stuck
  }

  /** The way to a state, walked anew: which step of which state led there is all that is kept. */
  #traceTo(index: number): readonly string[] {
    const ordinals: number[] = []
    for (let at = index; this.#parents.at(at) >= 0; at = this.#parents.at(at)) {
      ordinals.unshift(this.#ordinals.at(at))
    }
    let state = this.#system.initial
    return ordinals.map(ordinal => {
      const step: Step<S> | undefined = this.#system.steps(state)[ordinal]
      if (!step) throw new RangeError('the steps of a state are not the same a second time')
      state = step.to
      return step.fault === null ? step.says : `${step.says} [${step.fault}]`
    })
  }
}
