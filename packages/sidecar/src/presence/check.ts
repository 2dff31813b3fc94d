import { stat } from 'node:fs/promises'
import { connect } from 'node:net'
import { reasonOf } from '../error.ts'
import type { Presence } from '../ports.ts'

/**
 * Whether the process that listens (or listened) on a presence socket lives. Never throws. The
 * pipes of Windows vanish with their process and refuse nobody: there no death is proven, and a
 * client that was killed stays lost until an operator's word.
 */
export const checkPresence = async (path: string, timeoutMs: number): Promise<Presence> => {
  const answer = await knock(path, timeoutMs)
  if (answer !== 'refused') return answer
  // A plain file refuses as well: a copy of the directory says nothing of any process.
  const found = await stat(path).catch(() => null)
  return found?.isSocket() === true ? 'dead' : 'unknown'
}

const knock = (path: string, timeoutMs: number): Promise<'alive' | 'refused' | 'unknown'> => {
  const { promise, resolve } = Promise.withResolvers<'alive' | 'refused' | 'unknown'>()
  const socket = connect({ path })
  socket.unref()
  socket.setTimeout(timeoutMs, () => resolve('unknown'))
  socket.once('connect', () => resolve('alive'))
  socket.once('error', error => resolve(reasonOf(error) === 'ECONNREFUSED' ? 'refused' : 'unknown'))
  return promise.finally(() => socket.destroy())
}
