import { chmod, mkdir, mkdtemp, rename, rmdir, unlink } from 'node:fs/promises'
import { createServer, type RequestListener, type Server } from 'node:http'
import { dirname, join } from 'node:path'
import { reasonOf, SidecarError } from '../error.ts'
import { checkPresence } from '../presence/check.ts'

export interface Listening {
  readonly path: string
  close(): Promise<void>
}

/** Three connections a client (stream, usage, keyset) for a thousand clients, and some to spare. */
const connectionsMax = 4_096
/** A local client sends its headers at once; one that does not is broken or worse. */
const headersTimeoutMs = 5_000
const requestTimeoutMs = 10_000
const probeTimeoutMs = 1_000

/**
 * Listens on a Unix socket that nobody can reach before it has its mode: it is made in a private
 * directory and moved into place, over the socket that a killed sidecar left behind.
 * @throws SidecarError SOCKET_IN_USE, SOCKET_UNUSABLE
 */
export const listen = async (
  path: string,
  mode: number,
  handler: RequestListener,
): Promise<Listening> => {
  if ((await checkPresence(path, probeTimeoutMs)) === 'alive') {
    throw new SidecarError(
      'SOCKET_IN_USE',
      `Another process listens on ${path}: stop it, or give this sidecar a socket of its own.`,
    )
  }
  const server = createServer(handler)
  server.maxConnections = connectionsMax
  server.headersTimeout = headersTimeoutMs
  server.requestTimeout = requestTimeoutMs
  try {
    await bind(server, path, mode)
  } catch (error) {
    throw new SidecarError(
      'SOCKET_UNUSABLE',
      `The sidecar cannot listen on ${path} (${reasonOf(error)}): ` +
        'name a socket in a directory that it may write, in at most 90 characters.',
      error,
    )
  }
  return { path, close: () => close(server, path) }
}

const bind = async (server: Server, path: string, mode: number): Promise<void> => {
  const directory = dirname(path)
  await mkdir(directory, { recursive: true })
  // In the same directory: a rename must not cross file systems.
  const nursery = await mkdtemp(join(directory, '.new-'))
  const unfinished = join(nursery, 's')
  try {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    server.once('error', reject)
    server.listen(unfinished, resolve)
    await promise
    await chmod(unfinished, mode)
    await rename(unfinished, path)
  } finally {
    await rmdir(nursery)
  }
}

const close = async (server: Server, path: string): Promise<void> => {
  // First the name, so that nobody new comes; another sidecar may have taken it over since.
  await unlink(path).catch(() => undefined)
  const { promise, resolve } = Promise.withResolvers<void>()
  server.close(() => resolve())
  server.closeAllConnections()
  await promise
}
