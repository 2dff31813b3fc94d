// A key dies under a thousand operations: what the callers notice of it.

import { ResilientCosmosClient } from '@keyturn/cosmos'
import { fixed } from '@keyturn/keyring'
import { concurrently, operationOf } from './cases.ts'
import { containerOf } from './clients.ts'
import type { Ready } from './server.ts'

export interface DeathFigures {
  readonly operations: number
  readonly failed: number
  readonly sentences: readonly string[]
  /** Latency with all of them in flight, while both keys live. */
  readonly medianBeforeMs: number
  /** Latency of the first operation that was answered under the other key. */
  readonly firstAfterMs: number
  /** How often the source was asked for other keys. */
  readonly refreshes: number
  readonly worstAfterMs: number
}

const inFlight = 1000

/** A second of load, then the parent kills the key; ends when the other one carries the load. */
export const underDeath = async ({ endpoints, keys }: Ready): Promise<DeathFigures> => {
  const source = fixed(keys)
  const refresh = source.refresh.bind(source)
  let refreshes = 0
  source.refresh = async () => {
    refreshes += 1
    return refresh()
  }
  const client = new ResilientCosmosClient({ endpoint: endpoints.tls, keys: source })
  const read = operationOf('point-read', containerOf(client))
  const before: number[] = []
  const after: number[] = []
  const sentences = new Set<string>()
  let failed = 0
  let foundAt = Number.POSITIVE_INFINITY
  let operations = 0
  client.keys.on('failover', () => {
    foundAt = Math.min(foundAt, performance.now())
  })
  const from = performance.now()
  const measured = async (nth: number): Promise<void> => {
    const begun = performance.now()
    operations += 1
    await read(nth).catch(error => {
      failed += 1
      sentences.add(error instanceof Error ? error.message : String(error))
    })
    const ended = performance.now()
    const times = foundAt === Number.POSITIVE_INFINITY ? before : after
    times.push(ended - begun)
  }
  const over = (): boolean =>
    performance.now() - from > 10_000 || after.length >= 3 * inFlight || failed > inFlight
  await concurrently(inFlight, over, measured)
  const sorted = before.toSorted((a, b) => a - b)
  await client.close()
  return {
    operations,
    failed,
    sentences: [...sentences].slice(0, 3),
    medianBeforeMs: sorted[sorted.length >> 1] ?? Number.NaN,
    firstAfterMs: after[0] ?? Number.NaN,
    refreshes,
    worstAfterMs: Math.max(...after),
  }
}
