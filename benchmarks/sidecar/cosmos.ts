// The account that the applications read from: it verifies every signature, and knows by which key.

import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { KeysetDocument } from '@keyturn/protocol'
import { Account } from '../client/account.ts'

export class Cosmos {
  readonly endpoint: string
  readonly #account = new Account([])
  readonly #server: Server
  readonly #awaited = new Map<string, (at: number) => void>()

  private constructor(server: Server) {
    this.#server = server
    this.endpoint = `http://localhost:${(server.address() as AddressInfo).port}/`
    server.on(
      'request',
      this.#account.listener(() => this.endpoint),
    )
    this.#account.onAccepted = (key, path) => {
      // An account read may be the sidecar's own probe; only the application asks for documents.
      if (path === '/') return
      this.#awaited.get(key)?.(performance.now())
    }
  }

  static async start(): Promise<Cosmos> {
    const server = createServer()
    server.keepAliveTimeout = 600_000
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    return new Cosmos(server)
  }

  get refused(): number {
    return this.#account.refused
  }

  /** @param also keys of before, which requests on the wire may still be signed with. */
  accept({ keys }: KeysetDocument, also: readonly string[] = []): void {
    this.#account.setKeys([keys.primary, keys.secondary, ...also])
  }

  /** When the first document is read with this key, on `performance.now()`. */
  async signedWith(key: string): Promise<number> {
    const { promise, resolve } = Promise.withResolvers<number>()
    this.#awaited.set(key, resolve)
    const at = await promise
    this.#awaited.delete(key)
    return at
  }

  async stop(): Promise<void> {
    const closed = new Promise(resolve => this.#server.close(resolve))
    this.#server.closeAllConnections()
    await closed
  }
}
