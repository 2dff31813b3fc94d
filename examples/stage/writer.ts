// Writes orders, one after the other, until it is told to end.

import { setTimeout as sleep } from 'node:timers/promises'
import { ResilientCosmosClient } from '@keyturn/cosmos'
import { sidecar } from '@keyturn/keyring'

export class Writer {
  readonly #client: ResilientCosmosClient
  readonly #ended = new AbortController()
  readonly #writing: Promise<number>

  constructor(endpoint: string, socket: string) {
    this.#client = new ResilientCosmosClient({ endpoint, keys: sidecar({ socket }) })
    this.#writing = this.#write()
    this.#writing.catch(() => undefined)
  }

  /** @returns how many orders there are. */
  async end(): Promise<number> {
    this.#ended.abort()
    const written = await this.#writing
    await this.#client.close()
    // The feed's next page may be on its way.
    await sleep(500)
    return written
  }

  async #write(): Promise<number> {
    const orders = this.#client.database('shop').container('orders')
    let written = 0
    while (!this.#ended.signal.aborted) {
      await orders.items.create({ id: `order-${written}`, pk: `customer-${written % 7}` })
      written += 1
      await sleep(10)
    }
    return written
  }
}
