import { setTimeout as sleep } from 'node:timers/promises'
import type { Container } from '@azure/cosmos'
import { mix, operations, type Turn } from './operations.ts'
import type { Tally } from './tally.ts'

/** The header by which azure-sim knows an operation again in another run of the same seed. */
const weatherHeader = 'x-azure-sim-operation'

export interface WorkerOptions {
  readonly name: string
  /** Asked for each operation: a plain client may be re-created on the way. */
  readonly container: () => Container
  readonly tally: Tally
  /** Ends after the operation at hand. */
  readonly signal: AbortSignal
  /** Ends after so many operations; absent: not before the signal. */
  readonly operationsMax?: number | undefined
  /** Rests so long after each operation, in ms. */
  readonly thinkMs?: number | undefined
}

/** Runs one operation after the other; what fails is counted, never repeated. @returns how many. */
export const work = async (options: WorkerOptions): Promise<number> => {
  const { name, container, tally, signal, operationsMax = Number.POSITIVE_INFINITY } = options
  const memory: Turn['memory'] = {}
  let index = 0
  for (; index < operationsMax && !signal.aborted; index += 1) {
    const operation = mix[index % mix.length] ?? 'point read'
    const id = `${name}/${index}`
    const initialHeaders = { [weatherHeader]: id }
    const began = performance.now()
    try {
      await operations[operation]({
        container: container(),
        worker: name,
        index,
        initialHeaders,
        memory,
      })
      tally.succeeded(operation, performance.now() - began)
    } catch (error) {
      tally.failed(operation, id, error, performance.now() - began)
    }
    if (options.thinkMs !== undefined) await sleep(options.thinkMs)
  }
  return index
}
