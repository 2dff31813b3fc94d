import type { Latencies } from './latency.ts'
import type { FailedOperation } from './load/tally.ts'

/** What a run found, as `--json` prints it. */
export interface DemoReport {
  readonly mode: 'keyturn' | 'without-keyturn'
  readonly seed: number
  readonly faults: boolean
  readonly seconds: number
  readonly operations: number
  readonly byOperation: Readonly<Record<string, number>>
  readonly failed: number
  /** Failed, and not alike with the same seed, a static key and no rotation. */
  readonly failedByRotation: number
  /** 401s that reached a caller. */
  readonly failed401: number
  /** 401s that a client met and healed by the other key. */
  readonly healed401: number
  /** The first of the failures, as their callers saw them. */
  readonly failures: readonly FailedOperation[]
  readonly rotation: {
    readonly status: string
    readonly phases: readonly { readonly name: string; readonly seconds: number }[]
  }
  readonly fingerprints: {
    readonly before: Readonly<Record<string, string>>
    readonly after: Readonly<Record<string, string>>
  }
  /** Whether every region refuses both keys of before. */
  readonly oldKeysRefused: boolean
  /** `regenerateKey` calls that reached ARM, as azure-sim's witness counted them. */
  readonly regenerateCalls: number
  readonly latencyMs: Latencies
  /** How the same operations fared with a static key and no rotation; only with `--faults`. */
  readonly comparison: Comparison | null
}

export interface Comparison {
  readonly operations: number
  readonly failed: number
  /** Operations that failed in both runs. */
  readonly alike: number
  /** Operations that failed only without a rotation. */
  readonly onlyWithout: number
}

/** Whether the run kept what Keyturn promises. */
export const kept = (report: DemoReport): boolean => {
  const { before, after } = report.fingerprints
  const bothNew = ['primary', 'secondary'].every(slot => before[slot] !== after[slot])
  const unharmed = report.faults ? report.failedByRotation === 0 : report.failed === 0
  return unharmed && report.failed401 === 0 && bothNew && report.oldKeysRefused
}
