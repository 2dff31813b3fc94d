import { randomUUID } from 'node:crypto'
import { unlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { backgroundClock, systemChance } from '@keyturn/keyring'
import { listen } from './local/listen.ts'
import { localApp } from './local/routes.ts'
import type { Log } from './log.ts'
import { defaultSocketMode, type SidecarOptions, socketOf } from './options.ts'
import type { PresenceSockets } from './ports.ts'
import { checkPresence } from './presence/check.ts'
import { readAccount } from './probe/account-read.ts'
import { CoordinatorClient } from './report/coordinator-client.ts'
import { StateFile } from './state/state-file.ts'
import type { SidecarPorts } from './world.ts'

/** A source has no events for its failures; a look a second costs nothing. */
const sourceLookMs = 1_000
const defaultProbeTimeoutMs = 5_000
const presenceTimeoutMs = 1_000

/** The world as this machine has it: Unix sockets, files, the network. */
export const systemPorts = (options: SidecarOptions, log: Log): SidecarPorts => {
  const { name, stateDirectory, coordinator, probe = {}, socketMode } = options
  const socket = socketOf(options)
  return {
    clock: options.clock ?? backgroundClock,
    chance: options.chance ?? systemChance,
    newId: randomUUID,
    disk: stateDirectory === undefined ? null : new StateFile(stateDirectory, name),
    presence: presenceIn(dirname(socket)),
    readAccount: (endpoint, credentials) =>
      readAccount(endpoint, {
        ...credentials,
        ca: probe.ca,
        timeoutMs: probe.timeoutMs ?? defaultProbeTimeoutMs,
      }),
    coordinator: coordinator === undefined ? null : new CoordinatorClient(coordinator, name),
    listen: desk => listen(socket, socketMode ?? defaultSocketMode, localApp(desk, log)),
    sourceLookMs,
  }
}

const presenceIn = (directory: string): PresenceSockets => ({
  check: name => checkPresence(join(directory, name), presenceTimeoutMs),
  forget: name => unlink(join(directory, name)).catch(() => undefined),
})
