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
  readonly failedByCode: Readonly<Record<string, number>>
  readonly byOperation: Readonly<Record<string, number>>
}

/** All failures are counted; so many are told one by one. */
const failuresMax = 5_000

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
  readonly #failedByCode = new Map<string, number>()
  #operations = 0
  #failed = 0

  succeeded(operation: OperationName, ms: number): void {
    this.#count(operation, ms)
  }

  failed(operation: OperationName, id: string, error: unknown, ms: number): void {
    this.#count(operation, ms)
    const { stage } = this
    const code = codeOf(error)
    this.#failed += 1
    this.#failedByCode.set(code, (this.#failedByCode.get(code) ?? 0) + 1)
    if (this.failures.length >= failuresMax) return
    this.failures.push({ id, operation, stage, code, sentence: sentence(error) })
  }

  snapshot(): TallySnapshot {
    const byOperation = Object.fromEntries(this.#byOperation)
    const failedByCode = Object.fromEntries(this.#failedByCode)
    return { operations: this.#operations, failed: this.#failed, failedByCode, byOperation }
  }

  #count(operation: OperationName, ms: number): void {
    this.#operations += 1
    this.#byOperation.set(operation, (this.#byOperation.get(operation) ?? 0) + 1)
    if (this.stage === 'warm-up') return
    const microseconds = Math.min(Math.max(1, Math.round(ms * 1000)), microsecondsMax)
    this.latencies[this.stage].recordValue(microseconds)
  }
}

/** The SDK's bulk wraps an error without its code: a refused key shows in the text alone. */
const refusedKey = /authorization token can't serve the request|MAC signature found/

const codeOf = (error: unknown): string => {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown }
  if (typeof code === 'number' || typeof code === 'string') return String(code)
  return typeof message === 'string' && refusedKey.test(message) ? '401' : 'UNKNOWN'
}

const sentence = (error: unknown): string =>
  error instanceof Error ? (error.message.split(/\r?\n/, 1)[0] ?? '').slice(0, 200) : 'no error'
