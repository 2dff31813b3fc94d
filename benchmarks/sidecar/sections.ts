// The parts of the benchmark, each of which can run alone.

import { type GetFigures, measureGets } from './gets.ts'
import { type IdleFigures, measureIdle } from './idle.ts'
import { type LeakFigures, measureLeak } from './leak.ts'
import {
  type MemoryFigures,
  measureFilesMemory,
  measureVaultMemory,
  type WorkedFigures,
} from './memory.ts'
import { measurePolling, type PollingFigures } from './polling.ts'
import type { Quantiles } from './quantiles.ts'
import { measureAnnouncedSwaps, measureFileSwaps, swapsDefault } from './swaps.ts'

/** Everything that was measured; what was not asked for is not there. */
export interface Figures {
  readonly fileSwap?: Quantiles
  readonly announcedSwap?: Quantiles
  readonly gets?: GetFigures
  readonly memory?: { readonly vault: WorkedFigures; readonly files: MemoryFigures }
  readonly leak?: LeakFigures
  readonly idle?: IdleFigures
  readonly polling?: readonly PollingFigures[]
}

type Progress = (text: string) => void
type Section = (progress: Progress) => Promise<Figures>

const getRounds = 20
const rotations = 1_000
const idleSeconds = 60

export const sections = {
  'file-swap': async progress => ({
    fileSwap: await measureFileSwaps({ swaps: swapsDefault, progress }),
  }),
  'announced-swap': async progress => ({
    announcedSwap: await measureAnnouncedSwaps({ swaps: swapsDefault, progress }),
  }),
  get: async progress => ({ gets: await measureGets({ rounds: getRounds, progress }) }),
  memory: async progress => ({
    memory: { files: await measureFilesMemory(), vault: await measureVaultMemory(progress) },
  }),
  leak: async progress => ({ leak: await measureLeak({ rotations, progress }) }),
  idle: async () => ({ idle: await measureIdle(idleSeconds) }),
  polling: async () => ({
    polling: await Promise.all([
      measurePolling({ everySeconds: 30, swaps: 200 }),
      measurePolling({ everySeconds: 120, swaps: 50 }),
    ]),
  }),
} as const satisfies Record<string, Section>

export type SectionName = keyof typeof sections

export const isSection = (name: string): name is SectionName => Object.hasOwn(sections, name)

/** One after the other, so that none measures another. */
export const measureAll = async (
  names: readonly SectionName[],
  progress: Progress,
): Promise<Figures> => {
  let figures: Figures = {}
  for (const name of names) {
    progress(`${name} …`)
    figures = { ...figures, ...(await sections[name](text => progress(`${name}: ${text}`))) }
  }
  return figures
}
