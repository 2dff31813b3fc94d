import type { RequestListener, Server } from 'node:http'
import { backgroundClock } from '@keyturn/keyring'
import type { SidecarOptions } from '../options.ts'
import { defaultSocketMode, socketOf } from '../options.ts'
import type { Counter } from '../world.ts'
import { listenKept } from './kept-socket.ts'
import { type LocalParts, listenerOf, localListener, publicHandlers } from './routes.ts'
import { boundedServer } from './server.ts'
import { listenTcp, portOf } from './tcp.ts'
import { TokenFile } from './token-file.ts'

const defaultHost = '127.0.0.1'
/** The kubelet and Prometheus come from other machines. */
const defaultHealthHost = '0.0.0.0'

/**
 * Opens the local API where the options say, and beside it, where they ask for it, a port for
 * health and metrics, which shows no key.
 * @throws SidecarError SOCKET_IN_USE, SOCKET_UNUSABLE, TOKEN_UNUSABLE
 */
export const openCounter = async (options: SidecarOptions, parts: LocalParts): Promise<Counter> => {
  const main = await openLocal(options, parts)
  if (options.health === undefined) return main
  const { host = defaultHealthHost, port } = options.health
  try {
    const listener = listenerOf(publicHandlers(parts), parts)
    const health = await listenTcp(serverOf(listener, parts), { host, port })
    return {
      url: main.url,
      healthUrl: health.url,
      close: async () => void (await Promise.all([main.close(), health.close()])),
    }
  } catch (error) {
    await main.close()
    throw error
  }
}

const openLocal = async (
  options: SidecarOptions,
  parts: LocalParts,
): Promise<Counter & { readonly url: string | null }> => {
  const { tcp, socketMode = defaultSocketMode, socketGroup = null } = options
  if (tcp === undefined) {
    const path = socketOf(options)
    if (path === null) return { url: null, close: async () => {} }
    const listener = localListener(parts, { port: () => null, token: null })
    const place = { path, mode: socketMode, group: socketGroup }
    const { clock = backgroundClock } = options
    const serve = () => serverOf(listener, parts)
    const kept = await listenKept(place, { serve, clock, log: parts.log })
    return { url: null, close: () => kept.close() }
  }
  const token = await TokenFile.open(tcp.tokenFile)
  const listener = localListener(parts, { port: () => portOf(server), token })
  const server: Server = serverOf(listener, parts)
  return listenTcp(server, { host: tcp.host ?? defaultHost, port: tcp.port })
}

const serverOf = (listener: RequestListener, { tally }: LocalParts): Server =>
  boundedServer(listener, {
    onDrop: () => tally.add('dropped:too-many'),
    onRefused: code => tally.add(`refused:${code}`),
  })
