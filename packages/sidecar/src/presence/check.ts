import { connect } from 'node:net'
import { reasonOf } from '../error.ts'
import type { Presence } from '../ports.ts'

/**
 * Whether the process that listens (or listened) on a presence socket lives. Never throws. The
 * pipes of Windows vanish with their process and refuse nobody: there no death is proven, and a
 * client that was killed stays lost until an operator's word.
 */
export const checkPresence = (path: string, timeoutMs: number): Promise<Presence> => {
  const { promise, resolve } = Promise.withResolvers<Presence>()
  const socket = connect({ path })
  socket.unref()
  socket.setTimeout(timeoutMs, () => resolve('unknown'))
  socket.once('connect', () => resolve('alive'))
  socket.once('error', error => resolve(reasonOf(error) === 'ECONNREFUSED' ? 'dead' : 'unknown'))
  return promise.finally(() => socket.destroy())
}
