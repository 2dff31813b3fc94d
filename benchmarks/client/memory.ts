// What one more client costs, when nothing of it was used yet and after its first operation.

import type { CosmosClient } from '@azure/cosmos'
import { operationOf } from './cases.ts'
import { containerOf } from './clients.ts'

export interface MemoryFigures {
  /** Heap and external memory per client that did nothing yet. */
  readonly madeBytes: number
  /** The same after one point read over TLS, its connection included. */
  readonly usedBytes: number
  readonly clients: number
}

const clients = 100

/** Needs `--expose-gc`: what a collection would free is nobody's cost. */
const used = (): number => {
  for (let times = 0; times < 3; times++) globalThis.gc?.()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

export const memoryPerClient = async (make: () => CosmosClient): Promise<MemoryFigures> => {
  // The first ones load code, and fill caches that all share.
  const warm = make()
  await operationOf('point-read', containerOf(warm))(0)
  const before = used()
  const made = Array.from({ length: clients }, make)
  const afterMaking = used()
  for (const client of made) await operationOf('point-read', containerOf(client))(0)
  const afterUsing = used()
  for (const client of [warm, ...made]) client.dispose()
  return {
    madeBytes: Math.round((afterMaking - before) / clients),
    usedBytes: Math.round((afterUsing - before) / clients),
    clients,
  }
}
