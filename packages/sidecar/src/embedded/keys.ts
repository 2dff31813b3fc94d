import { randomBytes } from 'node:crypto'
import {
  type Presence,
  PresenceSocket,
  presencePath,
  type SidecarSource,
  type SidecarSourceOptions,
  sidecar,
} from '@keyturn/keyring'
import type { LocalDesk } from '../local/desk.ts'
import { lineInProcess } from './line.ts'

/** What a client in the sidecar's own process may choose. */
export type EmbeddedKeysOptions = Pick<SidecarSourceOptions, 'name' | 'usageMs'>

/** Nothing outlives this process that could ask whether it lives. */
const nobodyAsks: Presence = { open: async () => {}, close: () => {} }

/**
 * A source for clients in the sidecar's own process. Each one attaches, is counted, and says
 * goodbye like a client in another process. Its presence socket outlives the process as a file: a
 * successor with the same state directory so knows that whoever attached here before is dead.
 * @param presenceDirectory `null`: no successor remembers clients.
 */
export const embeddedKeys = (
  desk: () => LocalDesk | null,
  presenceDirectory: string | null,
  options: EmbeddedKeysOptions & Pick<SidecarSourceOptions, 'clock' | 'chance'>,
): SidecarSource => {
  const id = `c-${randomBytes(8).toString('hex')}`
  const presence =
    presenceDirectory === null
      ? nobodyAsks
      : new PresenceSocket(presencePath(presenceDirectory, id))
  const line = { id, http: lineInProcess(desk), presence, where: 'in this process' }
  return sidecar({ ...options, line })
}
