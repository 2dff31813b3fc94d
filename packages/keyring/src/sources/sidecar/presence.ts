import { rmSync } from 'node:fs'
import { chmod, rename, stat } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { basename, dirname, join } from 'node:path'
import { backgroundClock, type Clock, rest } from '../../clock.ts'

/** Containers of a pod differ in uid and share a group. */
const mode = 0o660
/** Between two looks whether the socket is still there, in ms. */
const lookMs = 1_000
/** Somebody may delete the file again and again. */
const serversMax = 8

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
 * the process exists, and does nothing else. It keeps no process alive. Where somebody deletes its
 * file, or its directory, it is there again soon after the directory is: without it no death of
 * this process could be proven.
 */
export class PresenceSocket implements Presence {
  readonly path: string
  readonly #clock: Clock
  /** The last one, and those of before: where their file turns up again, it must not refuse. */
  readonly #servers: Server[] = []
  #identity: string | null = null
  #stop = new AbortController()
  #isOpen = false

  constructor(path: string, clock: Clock = backgroundClock) {
    this.path = path
    this.#clock = clock
  }

  /** Settles once it listens; does so once. Rejects where its directory is not there yet. */
  async open(): Promise<void> {
    if (this.#isOpen) return
    const stop = new AbortController()
    // A pipe has no mode: who may open it, Windows says by the user that made it.
    if (process.platform === 'win32') this.#servers.push(await listening(this.path))
    else await this.#appear(stop.signal)
    this.#isOpen = true
    this.#stop = stop
    if (process.platform !== 'win32') void this.#keep(stop.signal)
  }

  /** Only after a goodbye: to everybody else this looks like a death. */
  close(): void {
    if (!this.#isOpen) return
    this.#isOpen = false
    this.#stop.abort()
    for (const server of this.#servers.splice(0)) server.close()
    // It was made under another name.
    if (process.platform !== 'win32') rmSync(this.path, { force: true })
  }

  async #keep(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await rest(this.#clock, lookMs, signal)
      const found = await identityOf(this.path).catch(() => null)
      if (signal.aborted || (found !== null && found === this.#identity)) continue
      // Where there is no directory yet: at the next look.
      await this.#appear(signal).catch(() => undefined)
    }
  }

  /**
   * It appears under its name only once it accepts: whoever was refused for a moment in between
   * would take that for a death. So would whoever finds the file of a server that was closed: a
   * directory may have been away for a while, under a mount or by another name.
   */
  async #appear(signal: AbortSignal): Promise<void> {
    const draft = draftOf(this.path)
    rmSync(draft, { force: true })
    const server = await listening(draft)
    try {
      await chmod(draft, mode)
      const identity = await identityOf(draft)
      signal.throwIfAborted()
      await rename(draft, this.path)
      if (signal.aborted) rmSync(this.path, { force: true })
      signal.throwIfAborted()
      this.#identity = identity
      this.#servers.push(server)
      if (this.#servers.length > serversMax) this.#servers.shift()?.close()
    } catch (error) {
      server.close()
      throw error
    }
  }
}

const listening = async (path: string): Promise<Server> => {
  const server = createServer(socket => socket.destroy())
  server.unref()
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.once('error', reject)
  server.listen(path, resolve)
  await promise
  return server
}

/** What tells one file of a name from the next. */
const identityOf = async (path: string): Promise<string> => {
  const { dev, ino } = await stat(path, { bigint: true })
  return `${dev}:${ino}`
}

/** Beside it, and no longer: the path of a socket has little room. */
const draftOf = (path: string): string => join(dirname(path), `.${basename(path).slice(1)}`)
