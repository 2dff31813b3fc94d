import { chmod } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'

/** Containers of a pod differ in uid and share a group. */
const mode = 0o660

/** What tells others that this process lives. */
export interface Presence {
  /** Settles once it is there; does so once. Rejects where it cannot be yet. */
  open(): Promise<void>
  /** Only after a goodbye: to everybody else this looks like a death. */
  close(): void
}

/**
 * The socket by which others tell a stopped process from a dead one: it accepts for as long as
 * the process exists, and does nothing else. It keeps no process alive.
 */
export class PresenceSocket implements Presence {
  readonly path: string
  #server: Server | null = null

  constructor(path: string) {
    this.path = path
  }

  /** Settles once it listens; does so once. Rejects where its directory is not there yet. */
  async open(): Promise<void> {
    if (this.#server !== null) return
    const server = createServer(socket => socket.destroy())
    server.unref()
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    server.once('error', reject)
    server.listen(this.path, resolve)
    await promise
    this.#server = server
    await chmod(this.path, mode)
  }

  /** Only after a goodbye: to everybody else this looks like a death. */
  close(): void {
    this.#server?.close()
    this.#server = null
  }
}
