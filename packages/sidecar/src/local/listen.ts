import { chmod, chown, mkdir, mkdtemp, rename, rmdir, unlink } from 'node:fs/promises'
import type { Server } from 'node:http'
import { dirname, join } from 'node:path'
import { reasonOf, SidecarError } from '../error.ts'
import { checkPresence } from '../presence/check.ts'

export interface Listening {
  close(): Promise<void>
}

/** Where a Unix socket stands, and who may connect to it. */
export interface SocketPlace {
  readonly path: string
  readonly mode: number
  /** Numeric group id; `null`: the process's own. */
  readonly group: number | null
}

const probeTimeoutMs = 1_000
/**
 * So many may knock at once: Node's own 511 turns a crowd away that starts together. The system cuts
 * it to what it allows, usually the same.
 */
export const backlog = 4_096

/**
 * Listens on a Unix socket that nobody can reach before it has its mode and group: it is made in
 * a private directory and moved into place, over the socket that a killed sidecar left behind.
 * @throws SidecarError SOCKET_IN_USE, SOCKET_UNUSABLE
 */
export const listen = async (server: Server, place: SocketPlace): Promise<void> => {
  const { path } = place
  if ((await checkPresence(path, probeTimeoutMs)) === 'alive') {
    throw new SidecarError(
      'SOCKET_IN_USE',
      `Another process listens on ${path}: stop it, or give this sidecar a socket of its own.`,
    )
  }
  try {
    await bind(server, place)
  } catch (error) {
    server.close()
    throw new SidecarError(
      'SOCKET_UNUSABLE',
      `The sidecar cannot listen on ${path} (${reasonOf(error)}): ` +
        'name a socket in a directory that it may write, in at most 90 characters, and a group that it is in.',
      error,
    )
  }
}

const bind = async (server: Server, { path, mode, group }: SocketPlace): Promise<void> => {
  const directory = dirname(path)
  await mkdir(directory, { recursive: true })
  // In the same directory: a rename must not cross file systems.
  const nursery = await mkdtemp(join(directory, '.new-'))
  const unfinished = join(nursery, 's')
  try {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    server.once('error', reject)
    server.listen({ path: unfinished, backlog }, resolve)
    await promise
    // The group first: what a wider mode allows, it must allow to the right ones.
    if (group !== null) await chown(unfinished, -1, group)
    await chmod(unfinished, mode)
    await rename(unfinished, path)
  } finally {
    await unlink(unfinished).catch(() => undefined)
    await rmdir(nursery)
  }
}

/** Ends every connection, and settles once the server is closed. */
export const closeServer = async (server: Server): Promise<void> => {
  const { promise, resolve } = Promise.withResolvers<void>()
  server.close(() => resolve())
  server.closeAllConnections()
  await promise
}
