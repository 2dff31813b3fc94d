import type { Chance, Clock, Source } from '@keyturn/keyring'
import { defaultSocketPath, nameSchema, socketVariable } from '@keyturn/protocol'
import { SidecarError } from './error.ts'
import type { Log } from './log.ts'
import type { ProbeSettings } from './probe/prober.ts'
import type { CoordinatorSettings } from './report/coordinator-client.ts'

export interface SidecarOptions {
  /** The member's name in the fleet: one per pod, the same after a restart. */
  readonly name: string
  /** Where keysets come from: `keyVault(…)`, `files(…)`. */
  readonly source: Source
  /** The Unix socket; default `$KEYTURN_SOCKET`, else `/run/keyturn/keyturn.sock`. */
  readonly socket?: string
  /** Its mode; default 0o600. Containers that differ in uid share a group and need 0o660. */
  readonly socketMode?: number
  /** Whom it reports to. Without one it serves all the same, outside the guarantee. */
  readonly coordinator?: CoordinatorSettings
  /** Remembers clients and versions across restarts. Without one the member says so. */
  readonly stateDirectory?: string
  readonly probe?: ProbeSettings
  /** How long the first keyset waits for the coordinator, in ms; default 10,000. */
  readonly joinWaitMs?: number
  /** How long the coordinator may hold a report, in ms; default 20,000, at most 60,000. */
  readonly holdMs?: number
  readonly clock?: Clock
  readonly chance?: Chance
  readonly log?: Log
}

export const defaultJoinWaitMs = 10_000
/** Shorter than what idle connections live on usual proxies and load balancers. */
export const defaultHoldMs = 20_000
export const defaultSocketMode = 0o600

export const socketOf = ({ socket }: SidecarOptions): string =>
  socket ?? process.env[socketVariable] ?? defaultSocketPath

const refuse = (message: string): never => {
  throw new SidecarError('BAD_OPTIONS', message)
}

/** @throws SidecarError BAD_OPTIONS */
export const checkOptions = (options: SidecarOptions): void => {
  if (!nameSchema.safeParse(options.name).success) {
    refuse('The member name is unusable: take letters, digits, dots and dashes, at most 127.')
  }
  if (options.source.kind === 'sidecar') {
    refuse('A sidecar cannot follow a sidecar: give it keyVault or files as its source.')
  }
  const url = options.coordinator?.url
  if (url !== undefined && !/^https?:$/.test(URL.parse(url)?.protocol ?? '')) {
    refuse('The coordinator URL is unusable: it starts with https:// (or http:// on loopback).')
  }
  const { holdMs = defaultHoldMs, joinWaitMs = defaultJoinWaitMs } = options
  if (!Number.isInteger(holdMs) || holdMs < 0 || holdMs > 60_000) {
    refuse('holdMs is a whole number of milliseconds from 0 to 60,000.')
  }
  if (!(joinWaitMs >= 0)) refuse('joinWaitMs is a number of milliseconds, 0 or more.')
}
