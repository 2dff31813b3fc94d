import { Agent, type RequestOptions } from 'node:https'
import type { Duplex } from 'node:stream'
import type { PipelinePolicy } from '@azure/core-rest-pipeline'

export interface InTime {
  readonly stillInTime: () => boolean
  readonly abortSignal: AbortSignal
}

/** Nothing was sent: it would have left after `sendBefore`, when others may count it as dead. */
export class TooLate extends Error {
  readonly code = 'TOO_LATE'
  override readonly name = 'TooLate'

  constructor() {
    super('the time in which it might be sent is over: nothing was sent')
  }
}

/**
 * Lets a POST go out only in its time (PROTOCOL, P1). A timer alone would not do: a process that
 * is stopped while it connects, and goes on an hour later, reads the end of the handshake and
 * writes the request before it comes to its timers. So the connection is made first, and the
 * clock asked in the very step in which the request is written to it.
 */
export const sendingInTime = ({ stillInTime, abortSignal }: InTime): PipelinePolicy => {
  const agent = new ConnectingFirst(stillInTime, abortSignal)
  return {
    name: 'sending-in-time',
    async sendRequest(request, next) {
      if (request.method !== 'POST') return next(request)
      if (!stillInTime()) throw new TooLate()
      // A proxy's agent connects in its own way: then the check above is the last one.
      request.agent ??= agent
      return next(request)
    },
  }
}

/** Hands out a connection once it is ready for the request, and only if that is still in time. */
class ConnectingFirst extends Agent {
  readonly #stillInTime: () => boolean
  readonly #abortSignal: AbortSignal

  constructor(stillInTime: () => boolean, abortSignal: AbortSignal) {
    super({ keepAlive: false })
    this.#stillInTime = stillInTime
    this.#abortSignal = abortSignal
  }

  override createConnection(
    options: RequestOptions,
    callback: (error: Error | null, stream: Duplex) => void,
  ): undefined {
    const socket = super.createConnection(options)
    if (!socket) throw new TypeError('an https agent makes sockets')
    const abort = (): void => void socket.destroy(new TooLate())
    const fail = (error: Error): void => callback(error, socket)
    this.#abortSignal.addEventListener('abort', abort, { once: true })
    socket.once('error', fail)
    socket.once('secureConnect', () => {
      socket.off('error', fail)
      this.#abortSignal.removeEventListener('abort', abort)
      if (this.#stillInTime()) return callback(null, socket)
      socket.destroy()
      callback(new TooLate(), socket)
    })
  }
}
