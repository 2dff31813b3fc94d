import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

/** Where a test sends bytes: a Unix socket, or a port on loopback. */
export type Where = { readonly path: string } | { readonly port: number }

/** What came back until the other side closed, and how long that took, in ms. */
export interface RawAnswer {
  readonly text: string
  readonly ms: number
}

export const open = async (where: Where): Promise<Socket> => {
  const socket = connect('path' in where ? where : { ...where, host: '127.0.0.1' })
  await once(socket, 'connect')
  return socket
}

/** Reads until the end; a connection that is reset has ended as well. */
export const readAll = async (socket: Socket): Promise<RawAnswer> => {
  const begun = performance.now()
  let text = ''
  socket.on('data', chunk => {
    text += chunk.toString('latin1')
  })
  socket.on('error', () => undefined)
  if (!socket.destroyed) await new Promise(resolve => socket.once('close', resolve))
  return { text, ms: performance.now() - begun }
}

/** Sends bytes as they are, ends its side, and reads until the other side closes. */
export const sendRaw = async (where: Where, bytes: string | Buffer): Promise<RawAnswer> => {
  const socket = await open(where)
  const answer = readAll(socket)
  socket.end(bytes)
  return answer
}
