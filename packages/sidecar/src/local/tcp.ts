import type { Server } from 'node:http'
import { reasonOf, SidecarError } from '../error.ts'
import { backlog, closeServer, type Listening } from './listen.ts'

/** Loopback TCP instead of the Unix socket: for Windows, and for runtimes without Unix sockets. */
export interface TcpSettings {
  /** `0`: one that is free, to be read from `Sidecar.url`. */
  readonly port: number
  /** Default `127.0.0.1`. Nothing but loopback: the keyset never leaves the machine. */
  readonly host?: '127.0.0.1' | '::1'
  /**
   * The file that holds the token which every request carries. Made at start, with mode 0600,
   * where it is not there. Its directory is also where clients put their presence sockets.
   */
  readonly tokenFile: string
}

export interface TcpListening extends Listening {
  readonly url: string
}

/** @throws SidecarError SOCKET_IN_USE, SOCKET_UNUSABLE */
export const listenTcp = async (
  server: Server,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<TcpListening> => {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.once('error', reject)
  server.listen({ host, port, backlog }, resolve)
  try {
    await promise
  } catch (error) {
    const isTaken = reasonOf(error) === 'EADDRINUSE'
    throw new SidecarError(
      isTaken ? 'SOCKET_IN_USE' : 'SOCKET_UNUSABLE',
      `The sidecar cannot listen on ${host}, port ${port} (${reasonOf(error)}): give it a port that is free.`,
      error,
    )
  }
  const name = host.includes(':') ? `[${host}]` : host
  return { url: `http://${name}:${portOf(server)}`, close: () => closeServer(server) }
}

/** The port on which a TCP server listens; `null` for one that does not, or on a Unix socket. */
export const portOf = (server: Server): number | null => {
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : null
}
