import { Befallen } from './befallen.ts'
import { Graph } from './graph.ts'
import { Numbers } from './numbers.ts'
import { Seen } from './seen.ts'
import type { Explored, Finding, Limits, Step, System } from './system.ts'

/** More than this many broken states teach nothing new. */
const findingsMax = 5

/** In the place of a depth: nothing more is to be learnt from this state. */
const lookedAt = -1

/**
 * Every reachable state: those that no fault is needed for, breadth first, then those that one is
 * needed for, and so on. Whatever may befall a state may befall it where fewer faults came before:
 * so the fewest tell all. `tell` hears now and then how far it is.
 */
export const explore = <S>(
  system: System<S>,
  limits: Limits,
  tell: (states: number, depth: number) => void = () => undefined,
): Explored => new Exploration(system, limits, tell).run()

interface Waiting<S> {
  readonly state: S
  readonly index: number
}

/** On which way a state is reached. */
interface Way {
  readonly parent: number
  /** Which of the parent's steps it is. */
  readonly ordinal: number
  readonly faults: number
  readonly depth: number
}

class Exploration<S> {
  readonly #system: System<S>
  readonly #limits: Limits
  readonly #tell: (states: number, depth: number) => void
  readonly #seen = new Seen()
  readonly #graph = new Graph()
  readonly #befallen = new Befallen()
  /** By number of faults, then by depth: what was reached and has not been looked at. */
  readonly #waiting: Waiting<S>[][][] = []
  /** The best way to each state so far; `depths` is below zero for what was looked at. */
  readonly #parents = new Numbers()
  readonly #ordinals = new Numbers()
  readonly #fewest = new Numbers()
  readonly #depths = new Numbers()
  readonly #ends = new Numbers()
  readonly #broken: Finding[] = []
  readonly #brokenStates = new Set<number>()
  #edges = 0
  #depth = 0
  #looked = 0

  constructor(system: System<S>, limits: Limits, tell: (states: number, depth: number) => void) {
    this.#system = system
    this.#limits = limits
    this.#tell = tell
  }

  run(): Explored {
    this.#arrive(this.#system.initial, { parent: -1, ordinal: 0, faults: 0, depth: 0 })
    for (let faults = 0; faults < this.#waiting.length; faults += 1) {
      const levels = this.#waiting[faults] ?? []
      for (let depth = 0; depth < levels.length; depth += 1) {
        for (const waiting of levels[depth] ?? []) {
          if (this.#isOver()) return this.#result(false)
          this.#look(waiting, faults, depth)
        }
        levels[depth] = []
      }
    }
    return this.#result(true)
  }

  #isOver(): boolean {
    if (this.#limits.untilBroken && this.#broken.length > 0) return true
    return this.#seen.size >= this.#limits.statesMax
  }

  #look({ state, index }: Waiting<S>, faults: number, depth: number): void {
    if (this.#depths.at(index) === lookedAt) return
    this.#depths.set(index, lookedAt)
    this.#looked += 1
    if (this.#looked % 5_000 === 0) this.#tell(this.#seen.size, this.#depth)
    for (const [ordinal, step] of this.#system.steps(state).entries()) {
      this.#edges += 1
      if (step.to === state) continue
      const way = { parent: index, ordinal, faults, depth: depth + 1 }
      const to = this.#arrive(step.to, step.fault === null ? way : { ...way, faults: faults + 1 })
      if (step.fault !== null || to !== index) this.#befallen.add(index, to, step.fault)
      if (step.fault === null && to !== index) this.#graph.add(index, to)
    }
  }

  #arrive(state: S, way: Way): number {
    const { index, isNew } = this.#seen.add(this.#system.key(state))
    if (!isNew) {
      if (this.#isBetter(index, way)) this.#waits(state, index, way)
      return index
    }
    this.#parents.push(way.parent)
    this.#ordinals.push(way.ordinal)
    this.#fewest.push(way.faults)
    this.#depths.push(way.depth)
    this.#depth = Math.max(this.#depth, way.depth)
    const broken = this.#system.broken(state)
    if (broken.length > 0) {
      this.#brokenStates.add(index)
      this.#depths.set(index, lookedAt)
      if (this.#broken.length < findingsMax) {
        this.#broken.push({ what: broken.join('; '), trace: this.#traceTo(index) })
      }
    } else if (this.#system.hasEnded(state)) {
      this.#ends.push(index)
      this.#depths.set(index, lookedAt)
    } else this.#waits(state, index, way)
    return index
  }

  /** With fewer faults, or in fewer steps, than by the way that it still waits to be looked at. */
  #isBetter(index: number, { faults, depth }: Way): boolean {
    const known = this.#depths.at(index)
    if (known === lookedAt) return false
    const fewest = this.#fewest.at(index)
    return faults < fewest || (faults === fewest && depth < known)
  }

  #waits(state: S, index: number, { parent, ordinal, faults, depth }: Way): void {
    this.#parents.set(index, parent)
    this.#ordinals.set(index, ordinal)
    this.#fewest.set(index, faults)
    this.#depths.set(index, depth)
    const levels = this.#waiting[faults] ?? []
    this.#waiting[faults] = levels
    const level = levels[depth] ?? []
    levels[depth] = level
    level.push({ state, index })
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
      pairs: this.#befallen.pairs(this.#fewest),
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
