import { runWorld } from '../model/run-world.ts'
import type { Spec } from '../model/world/spec.ts'
import { smokeWorlds, worlds } from '../model/worlds.ts'

/** Who caught a mutant, after how much. `by: null`: nobody did. */
export interface Caught {
  readonly by: string | null
  readonly states: number
  readonly seeds: number
  readonly what: string | null
  readonly trace: readonly string[]
}

/** How far a hunt goes. */
export interface Bounds {
  /** States of one world. */
  readonly statesMax: number
  /** Seeds of one kind of schedule. */
  readonly seedsMax: number
}

/** Beside the small worlds: whole fleets at random, and core's own schedules; loaded where asked. */
export const atRandom = ['simulate', 'random', 'lies', 'scenes'] as const

const nothing: Caught = { by: null, states: 0, seeds: 0, what: null, trace: [] }

/** One place after the other, until something is broken. */
export const hunt = async (places: readonly string[], bounds: Bounds): Promise<Caught> => {
  let states = 0
  let seeds = 0
  for (const place of places) {
    const found = await huntAt(place, bounds)
    states += found.states
    seeds += found.seeds
    if (found.by !== null) return found
  }
  return { ...nothing, states, seeds }
}

const huntAt = (place: string, { statesMax, seedsMax }: Bounds): Caught | Promise<Caught> => {
  if (place === 'simulate') return ofFleets(seedsMax)
  if (place === 'random') return ofSchedules(seedsMax)
  if (place === 'lies') return ofLies()
  if (place === 'scenes') return ofScenes()
  const spec = [...worlds, ...smokeWorlds].find(world => world.name === place)
  if (!spec) throw new RangeError(`there is no world ${place}`)
  return explored(spec, Math.min(spec.statesMax, statesMax))
}

/** A mutant may be so broken that a world's good weather before its start never ends. */
const explored = (spec: Spec, statesMax: number): Caught => {
  try {
    const found = runWorld(spec, { statesMax, untilBroken: true })
    const finding = found.broken[0] ?? found.firstStuck
    const caught = finding ? { by: spec.name, ...finding } : {}
    return { ...nothing, states: found.states, ...caught }
  } catch (error) {
    return { ...nothing, by: spec.name, what: `no end: ${messageOf(error)}` }
  }
}

/** Whole fleets of test/simulation, all components real above their ports. */
const ofFleets = async (seedsMax: number): Promise<Caught> => {
  const { simulateSeeds } = await import('../simulation/hunt.ts')
  const found = await simulateSeeds(1, seedsMax)
  return found
    ? { ...nothing, by: 'simulate', seeds: found.seed, what: found.why }
    : { ...nothing, seeds: seedsMax }
}

/** Small fleets of pods, each with a platform that is not what it seems. */
const ofLies = async (): Promise<Caught> => {
  const { lies, tellLies } = await import('../simulation/kubernetes/lies.ts')
  const seeds = Object.keys(lies).length
  try {
    const found = await tellLies()
    return found ? { ...nothing, by: 'lies', seeds, what: found.why } : { ...nothing, seeds }
  } catch (error) {
    return { ...nothing, by: 'lies', seeds, what: `no end: ${messageOf(error)}` }
  }
}

/** What was once thought of: a vault repaired in every phase, machines that come back. */
const ofScenes = async (): Promise<Caught> => {
  const { playScenes, sceneCount: seeds } = await import('./scenes/index.ts')
  try {
    const found = playScenes()
    return found ? { ...nothing, by: 'scenes', seeds, what: found.why } : { ...nothing, seeds }
  } catch (error) {
    return { ...nothing, by: 'scenes', seeds, what: `no end: ${messageOf(error)}` }
  }
}

/** The schedules of packages/core, from one seed. */
const ofSchedules = async (seedsMax: number): Promise<Caught> => {
  const { default: fc } = await import('fast-check')
  const { schedule } = await import('../../packages/core/test/simulation/schedule.ts')
  const { Simulation } = await import('../../packages/core/test/simulation/simulation.ts')
  let what = ''
  const property = fc.property(schedule, weather => {
    try {
      what = new Simulation(weather).run()[0] ?? ''
    } catch (error) {
      what = messageOf(error)
    }
    return what === ''
  })
  const run = fc.check(property, { seed: 20_260, numRuns: seedsMax, endOnFailure: true })
  return run.failed
    ? { ...nothing, by: 'random', seeds: run.numRuns, what }
    : { ...nothing, seeds: seedsMax }
}

const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error)
