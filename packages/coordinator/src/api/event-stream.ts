import type { Request, Response } from 'express'
import type { WallClock } from '../ports.ts'
import type { Line } from './feed.ts'

/** Who has read nothing for so long has stopped reading. */
const readWithinMs = 30_000

/** Whoever asked may have left while it was found out who they are: `close` comes no second time. */
export const whenClosed = (response: Pick<Response, 'closed' | 'once'>, then: () => void): void => {
  if (response.closed) then()
  else response.once('close', then)
}

/** Opens the answer to a request as a stream of server-sent events. */
export const openLine = (response: Response, clock: WallClock): Line => {
  const gone = new AbortController()
  whenClosed(response, () => gone.abort())
  response.once('error', () => gone.abort())
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  response.flushHeaders()
  return {
    gone: gone.signal,
    write: text => !response.destroyed && !response.writableEnded && response.write(text),
    ready: async () => {
      const drained = new AbortController()
      response.once('drain', () => drained.abort())
      await clock.sleep(readWithinMs, AbortSignal.any([drained.signal, gone.signal]))
      if (!drained.signal.aborted) response.destroy()
    },
  }
}

/** The revision that a client says it knows, by the header of a stream that is taken up again. */
export const resumedAt = (request: Request): number | null => {
  const id = request.get('last-event-id')
  return id !== undefined && /^\d{1,15}$/.test(id) ? Number(id) : null
}
