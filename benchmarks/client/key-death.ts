// A key dies under a thousand operations: what the callers notice of it.

import { ResilientCosmosClient } from '@keyturn/cosmos'
import { fixed } from '@keyturn/keyring'
import { concurrently, operationOf } from './cases.ts'
import { containerOf } from './clients.ts'
import type { Ready } from './server.ts'
import { median } from './statistics.ts'

export interface DeathFigures {
  readonly inFlight: number
  readonly operations: number
  readonly failed: number
  readonly sentences: readonly string[]
  /** Latency with all of them in flight, while both keys live. */
  readonly medianBeforeMs: number
  /** Latency of the first operation that was answered under the other key. */
  readonly firstAfterMs: number
  readonly worstAfterMs: number
  /** How often the source was asked for other keys. */
  readonly refreshes: number
}

const inFlight = 1000
const connections = 64

/** Load that a key dies under: begun, then told to end once the other key carries it. */
export class DeathTrial {
  readonly #client: ResilientCosmosClient
  readonly #before: number[] = []
  readonly #after: number[] = []
  readonly #sentences = new Set<string>()
  readonly #loaded = Promise.withResolvers<void>()
  #operations = 0
  #failed = 0
  #refreshes = 0
  #foundOther = false
  #running: Promise<number> = Promise.resolve(0)

  constructor({ endpoints, keys }: Ready) {
    const source = fixed(keys)
    const refresh = source.refresh.bind(source)
    source.refresh = async () => {
      this.#refreshes += 1
      return refresh()
    }
    this.#client = new ResilientCosmosClient({
      endpoint: endpoints.tls,
      keys: source,
      transport: { connections },
    })
    this.#client.keys.on('failover', () => {
      this.#foundOther = true
    })
  }

  /** Resolves when each of them has been answered twice; the load goes on. */
  async begin(): Promise<void> {
    const read = operationOf('point-read', containerOf(this.#client))
    this.#running = concurrently(
      inFlight,
      () => this.#after.length >= 2 * inFlight || this.#failed > inFlight,
      nth => this.#timed(() => read(nth)),
    )
    await this.#loaded.promise
  }

  async end(): Promise<DeathFigures> {
    await this.#running
    await this.#client.close()
    return {
      inFlight,
      operations: this.#operations,
      failed: this.#failed,
      sentences: [...this.#sentences].slice(0, 3),
      medianBeforeMs: median(this.#before),
      firstAfterMs: this.#after[0] ?? Number.NaN,
      worstAfterMs: Math.max(...this.#after),
      refreshes: this.#refreshes,
    }
  }

  async #timed(operation: () => Promise<void>): Promise<void> {
    const begun = performance.now()
    this.#operations += 1
    await operation().catch(error => {
      this.#failed += 1
      this.#sentences.add(error instanceof Error ? error.message : String(error))
    })
    const times = this.#foundOther ? this.#after : this.#before
    times.push(performance.now() - begun)
    if (this.#before.length >= 2 * inFlight || this.#failed > 0) this.#loaded.resolve()
  }
}
