import { Agent, type IncomingMessage, request } from 'node:http'

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

/** A sidecar answers from memory, or after one write to its disk. */
const answerTimeoutMs = 5_000
/** A keyset is one kilobyte. */
const answerBytesMax = 256 * 1024

/** HTTP over the sidecar's Unix socket, on sockets that do not hold a process. */
export class LocalHttp implements SidecarLine {
  readonly #socketPath: string
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 4 })

  constructor(socketPath: string) {
    this.#socketPath = socketPath
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

  #send(asked: LocalRequest, signal: AbortSignal): Promise<IncomingMessage> {
    const body = asked.body === undefined ? undefined : JSON.stringify(asked.body)
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
    const outgoing = request({
      socketPath: this.#socketPath,
      agent: this.#agent,
      method: asked.method,
      path: asked.path,
      headers: { ...asked.headers, ...(body === undefined ? {} : bodyHeaders(body)) },
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
