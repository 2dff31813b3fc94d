import type { PassiveClient } from './passive-client.ts'

/** All rendered files of a sidecar. */
export class PassiveClients {
  readonly #clients: readonly PassiveClient[]

  constructor(clients: readonly PassiveClient[]) {
    this.#clients = clients
  }

  get all(): readonly PassiveClient[] {
    return this.#clients
  }

  find(id: string): PassiveClient | undefined {
    return this.#clients.find(client => client.id === id)
  }

  start(): void {
    for (const client of this.#clients) client.start()
  }

  stop(): void {
    for (const client of this.#clients) client.stop()
  }
}
