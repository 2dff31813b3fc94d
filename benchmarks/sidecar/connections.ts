// A client that costs as little as a client can: kept connections to a Unix socket, the bytes of a
// request made beforehand, and of each answer only the status and the length read.

import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

const headEnd = '\r\n\r\n'
const lengthPattern = /\r\ncontent-length: (\d+)/i

interface Waiting {
  readonly request: string
  readonly resolve: (answer: string) => void
  readonly reject: (error: Error) => void
}

type Headers = Readonly<Record<string, string>>

const printed = (line: string, headers: Headers, body = ''): string => {
  const all = Object.entries({ host: 'localhost', ...headers })
  return [line, ...all.map(([name, is]) => `${name}: ${is}`)].join('\r\n') + headEnd + body
}

/** The bytes of a request. */
export const getRequest = (path: string, headers: Headers): string =>
  printed(`GET ${path} HTTP/1.1`, headers)

export const postRequest = (path: string, body: string): string => {
  const type = { 'content-type': 'application/json', 'content-length': `${body.length}` }
  return printed(`POST ${path} HTTP/1.1`, type, body)
}

/** So many connections; a request waits for the first that is free. */
export class Connections {
  readonly #all: readonly Connection[]
  readonly #idle: Connection[]
  readonly #queue: Waiting[] = []

  private constructor(sockets: readonly Socket[]) {
    this.#all = sockets.map(socket => new Connection(socket, free => this.#next(free)))
    this.#idle = [...this.#all]
  }

  static async open(path: string, count: number): Promise<Connections> {
    const sockets = Array.from({ length: count }, () => connect({ path }))
    await Promise.all(sockets.map(socket => once(socket, 'connect')))
    return new Connections(sockets)
  }

  /** @returns the whole answer, its head included. Rejects for any status but 200 and 204. */
  send(request: string): Promise<string> {
    const { promise, resolve, reject } = Promise.withResolvers<string>()
    const waiting = { request, resolve, reject }
    const connection = this.#idle.pop()
    if (connection === undefined) this.#queue.push(waiting)
    else connection.send(waiting)
    return promise
  }

  close(): void {
    for (const connection of this.#all) connection.close()
  }

  #next(free: Connection): void {
    const waiting = this.#queue.shift()
    if (waiting === undefined) this.#idle.push(free)
    else free.send(waiting)
  }
}

class Connection {
  readonly #socket: Socket
  readonly #onFree: (self: Connection) => void
  #waiting: Waiting | null = null
  #received = ''

  constructor(socket: Socket, onFree: (self: Connection) => void) {
    this.#onFree = onFree
    this.#socket = socket.setEncoding('latin1')
    this.#socket.on('data', (text: unknown) => this.#take(String(text)))
    this.#socket.on('error', error => this.#waiting?.reject(error))
    this.#socket.on('close', () => this.#waiting?.reject(new Error('The connection was closed.')))
  }

  send(waiting: Waiting): void {
    this.#waiting = waiting
    this.#socket.write(waiting.request)
  }

  close(): void {
    this.#socket.destroy()
  }

  #take(text: string): void {
    this.#received += text
    const head = this.#received.indexOf(headEnd)
    if (head < 0) return
    const isEmpty = this.#received.startsWith('HTTP/1.1 204 ')
    const length = isEmpty ? 0 : Number(lengthPattern.exec(this.#received)?.[1] ?? Number.NaN)
    if (this.#received.length < head + headEnd.length + length) return
    const [answer, waiting] = [this.#received, this.#waiting]
    this.#received = ''
    this.#waiting = null
    if (/^HTTP\/1\.1 20[04] /.test(answer)) waiting?.resolve(answer)
    else waiting?.reject(new Error(`A request was answered with ${answer.slice(9, 12)}.`))
    this.#onFree(this)
  }
}
