// What was found, as `--json` prints it, and whether it is what was promised.

import type { Quantiles } from './quantiles.ts'
import type { Figures } from './sections.ts'

export const targets = {
  fileSwapP99Ms: 50,
  announcedSwapP99Ms: 150,
  /** The sidecar's p99 as a multiple of the bare server's in the same round, by the worse bound. */
  getRatio: 2,
  overBaselineMb: 40,
  /** A sidecar that lives through a thousand rotations may hold so much more, with 95 %. */
  leakMbPerThousandRotations: 1,
  idleCpuPercent: 0.2,
} as const

const rounded = (value: number, digits = 2): number => Number(value.toFixed(digits))

const brief = ({ p50, p99 }: Quantiles) => ({ p50: rounded(p50), p99: rounded(p99) })

export const reportOf = (figures: Figures) => {
  const { fileSwap, announcedSwap, gets, memory, leak, idle, polling } = figures
  return {
    ...(fileSwap && { fileSwapMs: brief(fileSwap) }),
    ...(announcedSwap && { announcedSwapMs: brief(announcedSwap) }),
    ...(gets && { getMs: brief(gets.sidecar), bareGetMs: brief(gets.bare) }),
    ...(memory && {
      rssMb: memory.vault.rssMb,
      importBaselineMb: memory.vault.importBaselineMb,
    }),
    ...(leak && { leakMbPerThousandRotations: rounded(leak.live.value, 3) }),
    ...(idle && { idleCpuPercent: rounded(idle.cpuPercent, 3) }),
    ...(polling && {
      polling: polling.map(({ everySeconds, scale, samples, p50, p99 }) => ({
        everySeconds,
        swapMs: { p50: Math.round(p50), p99: Math.round(p99) },
        measuredAtScale: scale,
        samples,
      })),
    }),
  }
}

/** Each target that was measured, and whether it was met. */
export const judged = (figures: Figures): Readonly<Record<string, boolean>> => {
  const { fileSwap, announcedSwap, gets, memory, leak, idle } = figures
  return {
    ...(fileSwap && { fileSwap: fileSwap.p99 <= targets.fileSwapP99Ms }),
    ...(announcedSwap && { announcedSwap: announcedSwap.p99 <= targets.announcedSwapP99Ms }),
    ...(gets && { get: gets.p99Ratio.high <= targets.getRatio }),
    ...(memory && {
      memory: memory.vault.rssMb <= memory.vault.importBaselineMb + targets.overBaselineMb,
    }),
    ...(leak && { leak: leak.live.high <= targets.leakMbPerThousandRotations }),
    ...(idle && { idle: idle.cpuPercent <= targets.idleCpuPercent }),
  }
}
