import type { PipelineRequest } from '@azure/core-rest-pipeline'
import { Agent, type Dispatcher, EnvHttpProxyAgent } from 'undici'
import { AbortError } from './errors.ts'
import { Exchange } from './exchange.ts'
import type { Signature, Transport } from './transport.ts'

export interface TransportOptions {
  /**
   * Connections per regional endpoint, and so the number of attempts on the wire; default 64.
   * More is worth it only where `operations per second × seconds per operation` exceeds it.
   */
  readonly connections?: number
  /** Certificate authorities in PEM, in place of Node's; for the emulator and the simulator. */
  readonly ca?: string | Buffer | readonly (string | Buffer)[]
  /** How long an idle connection is kept, in ms; default 60,000, or what the server says. */
  readonly keepAliveMs?: number
}

export const defaultConnections = 64
const defaultKeepAliveMs = 60_000

/** Characters that need no normalising: what the SDK writes for almost every path. */
const plainPath = /^\/(?!.*\/\.)[\w\-.~%!$&'()*+,;=:@/?]*$/

/** Where a URL leads: an origin to connect to, and the request's target there. */
export const splitUrl = (url: string): { origin: string; path: string } => {
  const slash = url.indexOf('/', url.indexOf('://') + 3)
  const path = slash < 0 ? '/' : url.slice(slash)
  if (slash >= 0 && plainPath.test(path)) return { origin: url.slice(0, slash), path }
  const { origin, pathname, search } = new URL(url)
  return { origin, path: `${pathname}${search}` }
}

const proxyVariables = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy']

const makeDispatcher = (options: TransportOptions): Dispatcher => {
  const { ca } = options
  const tls = {
    minVersion: 'TLSv1.2' as const,
    ...(ca === undefined ? {} : { ca: [ca].flat() }),
  }
  const pool = {
    connections: options.connections ?? defaultConnections,
    pipelining: 1,
    keepAliveTimeout: options.keepAliveMs ?? defaultKeepAliveMs,
    keepAliveMaxTimeout: 600_000,
    // The SDK times each request; a second clock would only name another culprit.
    headersTimeout: 0,
    bodyTimeout: 0,
    allowH2: false,
    connect: { timeout: 0, ...tls },
  }
  const proxied = proxyVariables.some(name => process.env[name])
  return proxied ? new EnvHttpProxyAgent({ ...pool, requestTls: tls }) : new Agent(pool)
}

const send = (dispatcher: Dispatcher, request: PipelineRequest, signature: Signature | null) => {
  const exchange = new Exchange(request)
  const headers: string[] = []
  for (const [name, value] of request.headers) {
    const lower = name.toLowerCase()
    if (lower === 'connection') continue
    if (signature && (lower === 'authorization' || lower === 'x-ms-date')) continue
    headers.push(name, value)
  }
  if (signature) {
    headers.push('authorization', signature.authorization, 'x-ms-date', signature.date)
  }
  const { origin, path } = splitUrl(request.url)
  const body = typeof request.body === 'function' ? request.body() : request.body
  try {
    dispatcher.dispatch(
      { origin, path, method: request.method, headers, body: sendable(body) },
      exchange,
    )
  } catch (error) {
    exchange.fail(error instanceof Error ? error : new Error(String(error)))
  }
  return exchange.answer
}

/** The SDK sends text and bytes; both can be sent again as they are. */
const sendable = (body: unknown): string | Uint8Array | null => {
  if (body === undefined || body === null) return null
  if (typeof body === 'string' || body instanceof Uint8Array) return body
  if (body instanceof ArrayBuffer) return new Uint8Array(body)
  if (ArrayBuffer.isView(body)) {
    return new Uint8Array(body.buffer, body.byteOffset, body.byteLength)
  }
  throw new TypeError(
    'A request body must be text or bytes, so that it can be sent again under another key. ' +
      'Give a client that streams bodies its own "httpClient".',
  )
}

/** Keep-alive connections on undici: several times the throughput of the SDK's default. */
export const undiciTransport = (options: TransportOptions = {}): Transport => {
  const dispatcher = makeDispatcher(options)
  return {
    connections: options.connections ?? defaultConnections,
    async send(request, signature) {
      if (request.abortSignal?.aborted) throw new AbortError()
      return send(dispatcher, request, signature)
    },
    close: () => dispatcher.close(),
  }
}
