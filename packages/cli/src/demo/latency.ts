import { decodeFromCompressedBase64 } from 'hdr-histogram-js'
import type { ApplicationResult } from './load/messages.ts'
import { newHistogram, type Stage, stages } from './load/tally.ts'

export type Latencies = Readonly<Record<Stage, { readonly p50: number; readonly p99: number }>>

/** p50 and p99 in milliseconds over all applications, told apart by stage. */
export const latencies = (results: readonly ApplicationResult[]): Latencies => {
  const of = (stage: Stage) => {
    const all = newHistogram()
    for (const result of results) all.add(decodeFromCompressedBase64(result.latencies[stage]))
    return { p50: inMs(all.getValueAtPercentile(50)), p99: inMs(all.getValueAtPercentile(99)) }
  }
  const [before, during, after] = stages.map(of)
  const none = { p50: 0, p99: 0 }
  return { before: before ?? none, during: during ?? none, after: after ?? none }
}

const inMs = (microseconds: number): number => Math.round(microseconds / 10) / 100
