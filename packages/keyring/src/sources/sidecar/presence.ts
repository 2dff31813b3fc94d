import { chmod } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'

/** Containers of a pod differ in uid and share a group. */
const mode = 0o660

/**
 * Where a client of this name says that it lives. Windows has no Unix sockets in Node, but named
 * pipes, and these in one room for the whole machine.
 */
export const presencePath = (
  directory: string,
  name: string,
  platform: NodeJS.Platform = process.platform,
): string => (platform === 'win32' ? `\\\\.\\pipe\\keyturn-${name}` : join(directory, name))

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
    // A pipe has no mode: who may open it, Windows says by the user that made it.
    if (process.platform !== 'win32') await chmod(this.path, mode)
  }

  /** Only after a goodbye: to everybody else this looks like a death. */
  close(): void {
    this.#server?.close()
    this.#server = null
  }
}
