import { readFile } from 'node:fs/promises'
import { Agent, type IncomingMessage, request } from 'node:http'
import { tokenHeader } from '@keyturn/protocol'

export interface LocalRequest {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE'
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
  /** A goodbye is worth waiting for; nothing else keeps a finished process alive. */
  readonly keepsAlive?: boolean
}

export interface LocalAnswer {
  readonly status: number
  readonly text: string
}

/** An answer whose body is read as it comes. */
export interface LocalStream {
  readonly status: number
  readonly chunks: AsyncIterable<unknown>
  /** Gives it up unread. */
  drop(): void
}

/** The way to a sidecar. Everything rejects where there is no answer in time. */
export interface SidecarLine {
  ask(asked: LocalRequest, signal: AbortSignal): Promise<LocalAnswer>
  /** The answer's head; the signal ends the body. */
  open(asked: LocalRequest, signal: AbortSignal): Promise<LocalStream>
  close(): void
}

/** A sidecar on loopback TCP. */
export interface TcpPlace {
  /** Such as `http://127.0.0.1:7843`: nothing but this machine. */
  readonly url: string
  /** Read anew for each request: the token may be replaced at any time. */
  readonly tokenFile: string
}

/** A sidecar answers from memory, or after one write to its disk. */
const answerTimeoutMs = 5_000
/** A keyset is one kilobyte. */
const answerBytesMax = 256 * 1024

/** Where requests go, and what they carry so that they are let in. */
interface Way {
  readonly to: { readonly socketPath: string } | { readonly host: string; readonly port: number }
  readonly credentials: () => Promise<Readonly<Record<string, string>>>
}

const loopback = ['127.0.0.1', '[::1]', 'localhost'] as const
const httpPort = 80

const wayTo = (place: string | TcpPlace): Way => {
  if (typeof place === 'string') {
    return { to: { socketPath: place }, credentials: async () => ({}) }
  }
  const url = URL.parse(place.url)
  if (url?.protocol !== 'http:' || !loopback.some(name => name === url.hostname)) {
    throw new TypeError(
      `The sidecar cannot be at ${place.url}: it is on this machine, such as http://127.0.0.1:7843.`,
    )
  }
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const port = url.port === '' ? httpPort : Number(url.port)
  const { tokenFile } = place
  const credentials = async () => ({ [tokenHeader]: (await readFile(tokenFile, 'utf8')).trim() })
  return { to: { host, port }, credentials }
}

/**
 * HTTP over the sidecar's Unix socket, or over loopback TCP with its token, on sockets that do not
 * hold a process.
 */
export class LocalHttp implements SidecarLine {
  readonly #way: Way
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 4 })

  /** @throws TypeError where the URL names another machine. */
  constructor(place: string | TcpPlace) {
    this.#way = wayTo(place)
  }

  /** The whole answer. Rejects where there is none in time. */
  async ask(asked: LocalRequest, signal: AbortSignal): Promise<LocalAnswer> {
    const both = AbortSignal.any([signal, timeout(answerTimeoutMs)])
    const response = await this.#send(asked, both)
    let text = ''
    for await (const chunk of response) {
      text += chunk
      if (text.length > answerBytesMax) throw new Error('The sidecar answered with too much.')
    }
    return { status: response.statusCode ?? 0, text }
  }

  async open(asked: LocalRequest, signal: AbortSignal): Promise<LocalStream> {
    const response = await this.#send(asked, signal)
    const drop = (): void => void response.destroy()
    return { status: response.statusCode ?? 0, chunks: response, drop }
  }

  async #send(asked: LocalRequest, signal: AbortSignal): Promise<IncomingMessage> {
    const { to, credentials } = this.#way
    const shown = await credentials()
    const body = asked.body === undefined ? undefined : JSON.stringify(asked.body)
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
    const outgoing = request({
      ...to,
      agent: this.#agent,
      method: asked.method,
      path: asked.path,
      headers: { ...asked.headers, ...shown, ...(body === undefined ? {} : bodyHeaders(body)) },
      signal,
    })
    if (asked.keepsAlive !== true) outgoing.on('socket', socket => socket.unref())
    outgoing.on('error', reject)
    outgoing.on('response', response => {
      response.setEncoding('utf8')
      resolve(response)
    })
    outgoing.end(body)
    return promise
  }

  close(): void {
    this.#agent.destroy()
  }
}

const bodyHeaders = (body: string): Record<string, string | number> => ({
  'content-type': 'application/json',
  'content-length': Buffer.byteLength(body),
})

/** `AbortSignal.timeout` does not hold a process either. */
const timeout = (ms: number): AbortSignal => AbortSignal.timeout(ms)
