import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { Result } from './simulation.ts'
import { type Summary, Tally } from './summary.ts'

export interface ManyOptions {
  readonly seeds: Iterable<number>
  /** Told after each seed. */
  readonly onResult?: (result: Result, tally: Tally) => void
  readonly threads?: number
}

/** Runs many seeds, one at a time in each of a few threads. */
export const simulateMany = async ({
  seeds,
  onResult = () => {},
  threads = Math.min(availableParallelism(), 8),
}: ManyOptions): Promise<Summary> => {
  const began = performance.now()
  const tally = new Tally()
  const next = seeds[Symbol.iterator]()
  await Promise.all(
    Array.from({ length: threads }, () =>
      inThread(next, result => {
        tally.add(result)
        onResult(result, tally)
      }),
    ),
  )
  return tally.summary((performance.now() - began) / 1000)
}

/** One thread's share: whatever is left, seed by seed. */
const inThread = async (
  seeds: Iterator<number>,
  onResult: (result: Result) => void,
): Promise<void> => {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const worker = new Worker(new URL('./worker.ts', import.meta.url))
  const more = (): void => {
    const { value, done } = seeds.next()
    if (done) resolve()
    else worker.postMessage(value)
  }
  worker.on('message', (result: Result) => {
    onResult(result)
    more()
  })
  worker.on('error', reject)
  more()
  try {
    await promise
  } finally {
    await worker.terminate()
  }
}
