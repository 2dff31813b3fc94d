import type { PipelineRequest, PipelineResponse } from '@azure/core-rest-pipeline'
import { buildConnector, Client, EnvHttpProxyAgent, errors } from 'undici'
import { Connections, type Dispatches, type Lane } from './connections.ts'
import { AbortError, abortedBefore, sdkError } from './errors.ts'
import { Exchange } from './exchange.ts'
import { HandOver } from './hand-over.ts'
import { proxyClient } from './proxy-client.ts'
import type { Signature, Transport } from './transport.ts'

/** How a client connects where it opens its connections itself. */
export interface TransportOptions {
  /**
   * Connections per regional endpoint, and so the number of attempts on the wire; default 65: one
   * of them is kept for the account reads by which the client finds out about a key.
   * More is worth it only where `operations per second × seconds per operation` exceeds it.
   */
  readonly connections?: number
  /** Certificate authorities in PEM, in place of Node's; for the emulator and the simulator. */
  readonly ca?: string | Buffer | readonly (string | Buffer)[]
  /** How long an idle connection is kept, in ms; default 60,000, or what the server says. */
  readonly keepAliveMs?: number
}

/** 64 operations at once, and one account read. */
export const defaultConnections = 65
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

const tlsOf = ({ ca }: TransportOptions) => ({
  minVersion: 'TLSv1.2' as const,
  ...(ca === undefined ? {} : { ca: [ca].flat() }),
})

const clientOf = (options: TransportOptions) => ({
  pipelining: 1,
  keepAliveTimeout: options.keepAliveMs ?? defaultKeepAliveMs,
  keepAliveMaxTimeout: 600_000,
  // The SDK times each request; a second clock would only name another culprit.
  headersTimeout: 0,
  bodyTimeout: 0,
  allowH2: false,
})

/** Where an exchange with an origin takes its connection from. */
interface Routes {
  laneTo(origin: string): Lane
  close(): Promise<void>
}

/** Each origin has connections of its own. */
const routesOf = (options: TransportOptions, makeTo: (origin: string) => Dispatches): Routes => {
  const origins = new Map<string, Connections>()
  const connectionsTo = (origin: string): Connections => {
    const made = new Connections(() => makeTo(origin), options.connections ?? defaultConnections)
    origins.set(origin, made)
    return made
  }
  return {
    laneTo: origin => (origins.get(origin) ?? connectionsTo(origin)).take(),
    close: async () => {
      await Promise.all(Array.from(origins.values(), connections => connections.close()))
    },
  }
}

/** All connections share their TLS sessions. */
const directRoutes = (options: TransportOptions): Routes => {
  const connect = buildConnector({ ...tlsOf(options), timeout: 0, allowH2: false })
  const client = { ...clientOf(options), connect }
  return routesOf(options, origin => new Client(origin, client))
}

/**
 * Each connection has an agent of its own, so that it can be given up while the proxy makes its
 * tunnel: within undici's agent an attempt waits on for that after it was aborted.
 */
const proxiedRoutes = (options: TransportOptions): Routes => {
  const agent = {
    ...clientOf(options),
    connections: 1,
    connect: { ...tlsOf(options), timeout: 0 },
    requestTls: tlsOf(options),
    clientFactory: proxyClient,
  }
  return routesOf(options, () => new EnvHttpProxyAgent(agent))
}

const makeRoutes = (options: TransportOptions): Routes =>
  proxyVariables.some(name => process.env[name]) ? proxiedRoutes(options) : directRoutes(options)

/** What the transport writes itself: `connection` always, the rest where it has a signature. */
const isOurs = (name: string, signed: boolean): boolean => {
  // The lengths tell almost every name apart, before any is lowered.
  switch (name.length) {
    case 10:
      return name.toLowerCase() === 'connection'
    case 13:
      return signed && name.toLowerCase() === 'authorization'
    case 9:
      return signed && name.toLowerCase() === 'x-ms-date'
    default:
      return false
  }
}

const headersOf = ({ headers }: PipelineRequest, signature: Signature | null): string[] => {
  const sent: string[] = []
  const signed = signature !== null
  for (const [name, value] of headers) if (!isOurs(name, signed)) sent.push(name, value)
  if (signed) sent.push('authorization', signature.authorization, 'x-ms-date', signature.date)
  return sent
}

const send = (
  routes: Routes,
  handOver: HandOver,
  request: PipelineRequest,
  signature: Signature | null,
): Promise<PipelineResponse> => {
  const { origin, path } = splitUrl(request.url)
  const headers = headersOf(request, signature)
  const body = sendable(typeof request.body === 'function' ? request.body() : request.body)
  const lane = routes.laneTo(origin)
  const exchange = new Exchange(request, lane, handOver)
  lane.client.dispatch({ origin, path, method: request.method, headers, body }, exchange)
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
  const routes = makeRoutes(options)
  const handOver = new HandOver()
  let closing: Promise<void> | null = null
  return {
    connections: options.connections ?? defaultConnections,
    async send(request, signature) {
      if (request.abortSignal?.aborted) throw new AbortError(abortedBefore)
      if (closing) throw sdkError(new errors.ClientClosedError(), request)
      return await send(routes, handOver, request, signature)
    },
    close: () => {
      closing ??= routes.close()
      return closing
    },
  }
}
