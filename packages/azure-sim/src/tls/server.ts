import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer, type Server } from 'node:https'
import type { Duplex } from 'node:stream'
import { SimError } from '../errors.ts'
import type { TlsIdentity } from './identity.ts'

export type Listener = (req: IncomingMessage, res: ServerResponse) => void

/** One HTTPS port on loopback. */
export interface LoopbackServer {
  readonly port: number
  /** `https://localhost:PORT`, no slash at the end. */
  readonly url: string
  stop(): Promise<void>
}

/** Longer than any client's idle time, so that no test meets a keep-alive race by chance. */
const keepAliveMs = 180_000
const attemptsMax = 20

/**
 * Listens on 127.0.0.1 and, where the machine has it, on ::1 at the same port: `localhost` may
 * mean either. Port 0 takes any that is free on both.
 *
 * @throws SimError `SIM_PORT_IN_USE`, `SIM_PORT_REFUSED`
 */
export async function listen(
  identity: TlsIdentity,
  port: number,
  listener: Listener,
): Promise<LoopbackServer> {
  for (let attempt = 1; ; attempt++) {
    const first = createLoopback(identity, listener)
    await open(first.server, '127.0.0.1', port)
    const address = first.server.address()
    const taken = typeof address === 'object' && address !== null ? address.port : port
    const second = createLoopback(identity, listener)
    const problem = await open(second.server, '::1', taken).then(
      () => undefined,
      (error: unknown) => error,
    )
    const servers = problem === undefined ? [first, second] : [first]
    const clash = problem instanceof SimError && problem.code === 'SIM_PORT_IN_USE'
    if (!clash) {
      const url = `https://localhost:${taken}`
      return { port: taken, url, stop: () => stopAll(servers) }
    }
    await stopAll(servers)
    if (port !== 0 || attempt === attemptsMax) throw problem
  }
}

/** A server and its sockets: those in the middle of a handshake are known to nobody else. */
interface Loopback {
  readonly server: Server
  readonly sockets: ReadonlySet<Duplex>
}

function createLoopback(identity: TlsIdentity, listener: Listener): Loopback {
  const server = createServer({ key: identity.key, cert: identity.cert }, listener)
  server.keepAliveTimeout = keepAliveMs
  server.headersTimeout = keepAliveMs + 1_000
  const sockets = new Set<Duplex>()
  server.on('connection', socket => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  return { server, sockets }
}

function open(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(explain(error, port)))
    server.listen(port, host, () => resolve())
  })
}

function explain(cause: NodeJS.ErrnoException, port: number): Error {
  if (cause.code === 'EADDRINUSE') {
    return new SimError(
      'SIM_PORT_IN_USE',
      `Port ${port} is already in use on this machine: choose another, or 0 for any that is free.`,
      { cause },
    )
  }
  return new SimError(
    'SIM_PORT_REFUSED',
    `Port ${port} could not be opened (${cause.code ?? cause.message}): choose another, or 0 for any.`,
    { cause },
  )
}

async function stopAll(servers: readonly Loopback[]): Promise<void> {
  await Promise.all(
    servers.map(async ({ server, sockets }) => {
      const closed = new Promise<void>(resolve => server.close(() => resolve()))
      for (const socket of sockets) socket.destroy()
      await closed
    }),
  )
}
