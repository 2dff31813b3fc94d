import { createServer, type RequestListener, type Server } from 'node:http'
import type { Socket } from 'node:net'
import { printProblem, problemHeaders } from './problem.ts'
import { type ProblemCode, problems } from './refused.ts'

/** Three connections a client (stream, usage, keyset) for a thousand clients, and some to spare. */
const defaultLimits = { connectionsMax: 4_096 } as const
/** A local client sends its headers at once; one that does not is broken or worse. */
const headersTimeoutMs = 5_000
const requestTimeoutMs = 10_000
/** How late the two above may be noticed. */
const checkEveryMs = 2_000
/** An attached client sends four short headers. */
const headerBytesMax = 8 * 1024
const headersMax = 64

export interface ServerEvents {
  /** More connections than are allowed: one was closed unheard. */
  readonly onDrop: () => void
  /** Bytes that are no request got this answer. */
  readonly onRefused: (code: ProblemCode) => void
}

export interface ServerLimits {
  readonly connectionsMax: number
}

/** An HTTP server that a broken or hostile neighbour can neither fill, nor hold, nor crash. */
export const boundedServer = (
  handler: RequestListener,
  events: ServerEvents,
  limits: ServerLimits = defaultLimits,
): Server => {
  const server = createServer(
    {
      headersTimeout: headersTimeoutMs,
      requestTimeout: requestTimeoutMs,
      connectionsCheckingInterval: checkEveryMs,
      maxHeaderSize: headerBytesMax,
    },
    handler,
  )
  server.maxConnections = limits.connectionsMax
  server.maxHeadersCount = headersMax
  server.on('drop', events.onDrop)
  server.on('clientError', (error, socket) => {
    const code = codeOf(error)
    events.onRefused(code)
    cutOff(socket as Socket, code)
  })
  server.on('checkExpectation', (_request, response) => {
    events.onRefused('BAD_REQUEST')
    response.writeHead(400, problemHeaders('BAD_REQUEST')).end(printProblem('BAD_REQUEST'))
  })
  return server
}

const codeOf = (error: Error): ProblemCode => {
  const code = 'code' in error ? error.code : null
  if (code === 'HPE_HEADER_OVERFLOW') return 'HEADERS_TOO_LARGE'
  return code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 'TOO_SLOW' : 'BAD_REQUEST'
}

/** What was sent was no request, so nothing stands between us and the socket. */
const cutOff = (socket: Socket, code: ProblemCode): void => {
  if (!socket.writable || socket.bytesWritten > 0) {
    socket.destroy()
    return
  }
  const body = printProblem(code)
  const { status, title } = problems[code]
  const headers = { ...problemHeaders(code), connection: 'close' }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
  socket.end(`HTTP/1.1 ${status} ${title}\r\n${lines.join('\r\n')}\r\n\r\n${body}`)
  socket.destroySoon()
}
