import { build, type Histogram } from 'hdr-histogram-js'
import type { OperationName } from './operations.ts'

/** Where the run stands as to the rotation: latencies are told apart by it. */
export type Stage = 'before' | 'during' | 'after'

/** Code that has just been loaded is slow: its operations count, their latencies do not. */
export type Timed = Stage | 'warm-up'

export const stages: readonly Stage[] = ['before', 'during', 'after']

/** One operation that failed, as its caller saw it. */
export interface FailedOperation {
  readonly id: string
  readonly operation: OperationName
  /** HTTP status, or the error's own code. */
  readonly code: string
  readonly stage: Timed
  /** The first line of the message: Azure's, or the network's. */
  readonly sentence: string
}

export interface TallySnapshot {
  readonly operations: number
  readonly failed: number
  readonly byOperation: Readonly<Record<string, number>>
}

const microsecondsMax = 120_000_000

/** Latencies in microseconds, to three digits. */
export const newHistogram = (): Histogram =>
  build({ lowestDiscernibleValue: 1, highestTrackableValue: microsecondsMax, bitBucketSize: 64 })

/** Counts what a process's workers did. */
export class Tally {
  stage: Timed = 'warm-up'
  readonly #byOperation = new Map<OperationName, number>()
  readonly failures: FailedOperation[] = []
  readonly latencies: Readonly<Record<Stage, Histogram>> = {
    before: newHistogram(),
    during: newHistogram(),
    after: newHistogram(),
  }
  #operations = 0

  succeeded(operation: OperationName, ms: number): void {
    this.#count(operation, ms)
  }

  failed(operation: OperationName, id: string, error: unknown, ms: number): void {
    this.#count(operation, ms)
    const { stage } = this
    this.failures.push({ id, operation, stage, code: codeOf(error), sentence: sentence(error) })
  }

  snapshot(): TallySnapshot {
    const byOperation = Object.fromEntries(this.#byOperation)
    return { operations: this.#operations, failed: this.failures.length, byOperation }
  }

  #count(operation: OperationName, ms: number): void {
    this.#operations += 1
    this.#byOperation.set(operation, (this.#byOperation.get(operation) ?? 0) + 1)
    if (this.stage === 'warm-up') return
    const microseconds = Math.min(Math.max(1, Math.round(ms * 1000)), microsecondsMax)
    this.latencies[this.stage].recordValue(microseconds)
  }
}

const codeOf = (error: unknown): string => {
  const code = (error as { code?: unknown } | null)?.code
  return typeof code === 'number' || typeof code === 'string' ? String(code) : 'UNKNOWN'
}

const sentence = (error: unknown): string =>
  error instanceof Error ? (error.message.split(/\r?\n/, 1)[0] ?? '').slice(0, 200) : 'no error'
