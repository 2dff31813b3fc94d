import { stat, unlink } from 'node:fs/promises'
import type { Server } from 'node:http'
import { type Clock, rest } from '@keyturn/keyring'
import { reasonOf } from '../error.ts'
import type { Log } from '../log.ts'
import { closeServer, type Listening, listen, type SocketPlace } from './listen.ts'

interface KeptParts {
  /** Makes a server that answers as every other one does. */
  readonly serve: () => Server
  readonly clock: Clock
  readonly log: Log
}

/** Between two looks whether the socket is still there, in ms: of all that wakes an idle sidecar the most. */
const lookMs = 2_000

/** What tells one file of a name from the next. */
const identityOf = async (path: string): Promise<string> => {
  const { dev, ino } = await stat(path, { bigint: true })
  return `${dev}:${ino}`
}

/**
 * A Unix socket that comes back where somebody deletes its file, or its directory: whoever is
 * connected stays so, and newcomers find it again within two seconds. Where another sidecar has
 * taken the name, it is left to it.
 */
class KeptSocket implements Listening {
  readonly #place: SocketPlace
  readonly #parts: KeptParts
  readonly #servers = new Set<Server>()
  readonly #stop = new AbortController()
  #identity = ''
  #told: string | null = null
  #keeping: Promise<void> = Promise.resolve()

  constructor(place: SocketPlace, parts: KeptParts) {
    this.#place = place
    this.#parts = parts
  }

  /** @throws SidecarError SOCKET_IN_USE, SOCKET_UNUSABLE */
  async open(): Promise<void> {
    await this.#listen()
    this.#keeping = this.#keep()
  }

  async close(): Promise<void> {
    this.#stop.abort()
    await this.#keeping
    // First the name, so that nobody new comes; unless it is another sidecar's by now.
    const { path } = this.#place
    if ((await identityOf(path).catch(() => '')) === this.#identity) {
      await unlink(path).catch(() => undefined)
    }
    await Promise.all([...this.#servers].map(closeServer))
  }

  async #listen(): Promise<void> {
    const server = this.#parts.serve()
    await listen(server, this.#place)
    this.#identity = await identityOf(this.#place.path)
    // Those of before end with their last connection.
    for (const earlier of this.#servers) earlier.close(() => this.#servers.delete(earlier))
    this.#servers.add(server)
  }

  async #keep(): Promise<void> {
    const { signal } = this.#stop
    while (!signal.aborted) {
      await rest(this.#parts.clock, lookMs, signal)
      if (!signal.aborted) await this.#look()
    }
  }

  async #look(): Promise<void> {
    const { path } = this.#place
    const found = await identityOf(path).catch(() => null)
    if (found === this.#identity) return
    try {
      await this.#listen()
      this.#told = null
      this.#parts.log.warn(
        { event: 'socket-restored', socket: path },
        'Somebody had removed the socket; it is there again.',
      )
    } catch (error) {
      const reason = reasonOf(error)
      if (reason === this.#told) return
      this.#told = reason
      this.#parts.log.error(
        { event: 'socket-missing', socket: path, reason },
        'The socket is gone or another process has it: newcomers cannot attach here.',
      )
    }
  }
}

/** @throws SidecarError SOCKET_IN_USE, SOCKET_UNUSABLE */
export const listenKept = async (place: SocketPlace, parts: KeptParts): Promise<Listening> => {
  const socket = new KeptSocket(place, parts)
  await socket.open()
  return socket
}
