import { createServer, type Server } from 'node:http'
import { createServer as createSecureServer, type Server as SecureServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { problemContentType } from '@keyturn/protocol'
import type { Logger } from 'pino'
import type { Listen } from '../access/options.ts'
import { problemOf, Refusal } from '../api/problem.ts'
import type { WallClock } from '../ports.ts'
import { CertificateFiles } from './tls-files.ts'

/** Nobody needs longer for a few headers, or for a report's 100 KB. */
const limits = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  connectionsCheckingInterval: 2_000,
  /** A token of Entra with many groups is 8 KB. */
  maxHeaderSize: 16 * 1024,
  /** Longer than what proxies and clients keep an idle connection for. */
  keepAliveTimeout: 75_000,
} as const

const headersMax = 64
/** Two connections a member, for 6,000 of them, and some to spare. */
const connectionsMax = 16_384

export interface Listening {
  readonly server: Server | SecureServer
  /** Where it listens. */
  readonly url: string
  close(): Promise<void>
}

/** Opens the port; it answers once the server has a handler. @throws where the port is taken. */
export const openServer = async (
  listen: Listen,
  { clock, log }: { readonly clock: WallClock; readonly log: Logger },
): Promise<Listening> => {
  const closed = new AbortController()
  const server = serverOf(listen, { clock, log, signal: closed.signal })
  server.maxConnections = connectionsMax
  server.maxHeadersCount = headersMax
  server.on('clientError', (error, socket) => cutOff(socket as Socket, error))
  server.on('checkExpectation', (_request, response) => void response.writeHead(417).end())
  await listening(server, listen)
  const { port } = server.address() as AddressInfo
  const host = listen.host.includes(':') ? `[${listen.host}]` : listen.host
  return {
    server,
    url: `${listen.tls ? 'https' : 'http'}://${host}:${port}`,
    close: async () => {
      closed.abort()
      await new Promise(resolve => {
        server.close(resolve)
        server.closeAllConnections()
      })
    },
  }
}

const serverOf = (
  { tls }: Listen,
  following: { clock: WallClock; log: Logger; signal: AbortSignal },
): Server | SecureServer => {
  if (tls === undefined) return createServer(limits)
  const files = new CertificateFiles(tls)
  const asks = tls.clientCa === undefined ? {} : { requestCert: true, rejectUnauthorized: false }
  const server = createSecureServer({ ...limits, ...files.context, ...asks })
  files.handle(server)
  void files.follow(server, following)
  return server
}

const listening = (server: Server, { host, port }: Listen): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })

/** What was sent is no request, or came too slowly: nothing stands between us and the socket. */
const cutOff = (socket: Socket, error: Error): void => {
  if (!socket.writable || socket.bytesWritten > 0) {
    socket.destroy()
    return
  }
  const late = 'code' in error && error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
  const sentence = late
    ? 'The request did not arrive in time: send it whole.'
    : 'What was sent is no HTTP request that is understood here.'
  const { status, title, body } = problemOf(
    new Refusal(late ? 'TOO_SLOW' : 'BAD_REQUEST', sentence),
  )
  const headers = [
    `content-type: ${problemContentType}`,
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ]
  socket.end(`HTTP/1.1 ${status} ${title}\r\n${headers.join('\r\n')}\r\n\r\n${body}`)
}
