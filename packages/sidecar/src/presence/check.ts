import { connect } from 'node:net'
import { reasonOf } from '../error.ts'

/** A stopped process still accepts, so only a refusal proves a death; all else proves nothing. */
export type Presence = 'alive' | 'dead' | 'unknown'

/** Whether the process that listens (or listened) on a presence socket lives. Never throws. */
export const checkPresence = (path: string, timeoutMs: number): Promise<Presence> => {
  const { promise, resolve } = Promise.withResolvers<Presence>()
  const socket = connect({ path })
  socket.unref()
  socket.setTimeout(timeoutMs, () => resolve('unknown'))
  socket.once('connect', () => resolve('alive'))
  socket.once('error', error => resolve(reasonOf(error) === 'ECONNREFUSED' ? 'dead' : 'unknown'))
  return promise.finally(() => socket.destroy())
}
