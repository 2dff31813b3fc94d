import { Readable } from 'node:stream'
import type { LocalAnswer, LocalRequest, LocalStream, SidecarLine } from '@keyturn/keyring'
import { clientHeader } from '@keyturn/protocol'
import { SidecarError } from '../error.ts'
import type { LocalDesk } from '../local/desk.ts'
import { problems, Refused } from '../local/refused.ts'

/**
 * The way from a client to a sidecar in the same process: the same desk answers the same
 * questions, and only the socket between them is left out.
 * @param desk `null` while the sidecar does not run: to its clients it is away.
 */
export const lineInProcess = (desk: () => LocalDesk | null): SidecarLine => {
  const there = (signal: AbortSignal): LocalDesk => {
    signal.throwIfAborted()
    const found = desk()
    if (found === null) throw new Error('it does not run')
    return found
  }
  return {
    ask: async (asked, signal) => answerOf(there(signal), asked),
    open: async (asked, signal) => streamOf(there(signal), asked, signal),
    close: () => {},
  }
}

/** `/v1/clients/{id}`, `/v1/clients/{id}/usage`, and for everything else the keyset. */
const answerOf = async (desk: LocalDesk, asked: LocalRequest): Promise<LocalAnswer> => {
  const { method, path, body, headers = {} } = asked
  const [, , , id] = path.split('/')
  try {
    if (method === 'GET') {
      const refresh = headers['cache-control'] === 'no-cache'
      const keyset = await desk.keyset(headers[clientHeader] ?? '', refresh)
      return { status: 200, text: keyset.print() }
    }
    if (method === 'PUT') await desk.attach(id, body)
    else if (method === 'DELETE') await desk.goodbye(id, body)
    else desk.sample(id, body)
    return { status: 204, text: '' }
  } catch (error) {
    return { status: statusOf(error), text: '' }
  }
}

const streamOf = (
  desk: LocalDesk,
  { headers = {} }: LocalRequest,
  signal: AbortSignal,
): LocalStream => {
  const chunks = new Readable({ read: () => {}, encoding: 'utf8' })
  const drop = (): void => void chunks.destroy()
  const sink = {
    write: (text: string): void => void chunks.push(text),
    end: (): void => void chunks.push(null),
  }
  try {
    const closed = desk.stream(headers[clientHeader] ?? '', headers['last-event-id'], () => sink)
    chunks.once('close', closed)
  } catch (error) {
    return { status: statusOf(error), chunks, drop }
  }
  signal.addEventListener('abort', drop, { once: true })
  chunks.once('close', () => signal.removeEventListener('abort', drop))
  return { status: 200, chunks, drop }
}

/** As over the socket: what the disk refuses is 503. A fault of our own is nobody's answer. */
const statusOf = (error: unknown): number => {
  if (error instanceof Refused) return problems[error.code].status
  if (error instanceof SidecarError) return problems.CLIENT_NOT_RECORDED.status
  throw error
}
