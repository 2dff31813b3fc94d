import fc from 'fast-check'
import { schedule } from '../../packages/core/test/simulation/schedule.ts'
import { Simulation } from '../../packages/core/test/simulation/simulation.ts'
import { runWorld } from '../model/run-world.ts'
import type { Spec } from '../model/world/spec.ts'

/** Who caught a mutant, after how much. `by: null`: nobody did. */
export interface Caught {
  readonly by: string | null
  readonly states: number
  readonly seeds: number
  readonly what: string | null
  readonly trace: readonly string[]
}

/** Worlds one after the other, then schedules at random, until something is broken. */
export const hunt = (specs: readonly Spec[], statesMax: number, seedsMax: number): Caught => {
  let states = 0
  for (const spec of specs) {
    const cap = Math.min(spec.statesMax, statesMax)
    const found = explored(spec, cap)
    if (typeof found === 'string') return { ...none, by: spec.name, what: found }
    states += found.states
    const finding = found.broken[0] ?? found.firstStuck
    if (finding) return { by: spec.name, states: found.states, seeds: 0, ...finding }
  }
  const random = atRandom(seedsMax)
  return random
    ? { by: 'random', states, seeds: random.seeds, what: random.what, trace: [] }
    : { ...none, states, seeds: seedsMax }
}

const none = { by: null, states: 0, seeds: 0, what: null, trace: [] }

/** A mutant may be so broken that a world's good weather before its start never ends. */
const explored = (spec: Spec, statesMax: number) => {
  try {
    return runWorld(spec, { statesMax, untilBroken: true })
  } catch (error) {
    return error instanceof Error ? `no end: ${error.message}` : String(error)
  }
}

/** The random schedules of packages/core, from one seed. */
const atRandom = (seedsMax: number): { seeds: number; what: string } | null => {
  if (seedsMax === 0) return null
  let what = ''
  const property = fc.property(schedule, weather => {
    try {
      what = new Simulation(weather).run()[0] ?? ''
    } catch (error) {
      what = error instanceof Error ? error.message : String(error)
    }
    return what === ''
  })
  const run = fc.check(property, { seed: 20_260, numRuns: seedsMax, endOnFailure: true })
  return run.failed ? { seeds: run.numRuns, what } : null
}
