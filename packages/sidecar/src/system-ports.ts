import { randomUUID } from 'node:crypto'
import { unlink } from 'node:fs/promises'
import { backgroundClock, presencePath, systemChance } from '@keyturn/keyring'
import { openCounter } from './local/counter.ts'
import type { Log } from './log.ts'
import { presenceDirectoryOf, type SidecarOptions } from './options.ts'
import type { PresenceSockets } from './ports.ts'
import { checkPresence } from './presence/check.ts'
import { readAccount } from './probe/account-read.ts'
import { systemRenderWorld } from './render/world.ts'
import { CoordinatorClient } from './report/coordinator-client.ts'
import { StateFile } from './state/state-file.ts'
import type { SidecarPorts } from './world.ts'

/** A source has no events for its failures. */
const sourceLookMs = 5_000
const defaultProbeTimeoutMs = 5_000
const presenceTimeoutMs = 1_000

/** The world as this machine has it: Unix sockets, files, the network. */
export const systemPorts = (options: SidecarOptions, log: Log): SidecarPorts => {
  const { name, stateDirectory, coordinator, probe = {} } = options
  return {
    clock: options.clock ?? backgroundClock,
    chance: options.chance ?? systemChance,
    newId: randomUUID,
    disk: stateDirectory === undefined ? null : new StateFile(stateDirectory, name),
    presence: presenceIn(presenceDirectoryOf(options)),
    readAccount: (endpoint, credentials) =>
      readAccount(endpoint, {
        ...credentials,
        ca: probe.ca,
        timeoutMs: probe.timeoutMs ?? defaultProbeTimeoutMs,
      }),
    coordinator: coordinator === undefined ? null : new CoordinatorClient(coordinator, name),
    listen: (desk, watched) => openCounter(options, { desk, log, ...watched }),
    rendering: systemRenderWorld,
    sourceLookMs,
  }
}

const presenceIn = (directory: string | null): PresenceSockets => ({
  check: async name =>
    directory === null
      ? 'unknown'
      : checkPresence(presencePath(directory, name), presenceTimeoutMs),
  forget: async name => {
    if (directory !== null) await unlink(presencePath(directory, name)).catch(() => undefined)
  },
})
