import { dirname } from 'node:path'
import type { Chance, Clock, Source } from '@keyturn/keyring'
import {
  defaultSocketPath,
  isPlainBeyondLoopback,
  nameSchema,
  type Pod,
  podSchema,
  socketVariable,
} from '@keyturn/protocol'
import { SidecarError } from './error.ts'
import type { TcpSettings } from './local/tcp.ts'
import type { Log } from './log.ts'
import type { ProbeSettings } from './probe/prober.ts'
import { checkRendered } from './render/check.ts'
import type { RenderedFile } from './render/rendered-file.ts'
import type { CoordinatorSettings } from './report/coordinator-settings.ts'

/** A port for `/healthz`, `/readyz` and `/metrics` alone: without token, and without any key. */
export interface HealthSettings {
  /** `0`: one that is free, to be read from `Sidecar.healthUrl`. */
  readonly port: number
  /** Default `0.0.0.0`: the kubelet and Prometheus come from other machines. */
  readonly host?: string
}

export interface SidecarOptions {
  /** The member's name in the fleet: one per pod, the same after a restart. */
  readonly name: string
  /** The pod that it runs in, from `podOf(process.env)`: goes along in each report. */
  readonly pod?: Pod
  /** Where keysets come from: `keyVault(…)`, `files(…)`. */
  readonly source: Source
  /**
   * The Unix socket; default `$KEYTURN_SOCKET`, else `/run/keyturn/keyturn.sock`. `null`: none;
   * only clients in this process are served, by `Sidecar.keys()`.
   */
  readonly socket?: string | null
  /** Its mode; default 0o600. Containers that differ in uid share a group and need 0o660. */
  readonly socketMode?: number
  /** Its group, by number; default: the process's own. */
  readonly socketGroup?: number
  /** Loopback TCP with a token file, instead of the Unix socket. */
  readonly tcp?: TcpSettings
  /** A port of its own for whoever watches: kubelet, Prometheus. Default: none. */
  readonly health?: HealthSettings
  /** Files for applications in other languages, each a passive client. */
  readonly render?: readonly RenderedFile[]
  /**
   * Readiness turns red once the source has not answered for longer than this, in ms; default
   * 900,000. Applications are handed the last keyset all the same.
   */
  readonly stalenessMsMax?: number
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
/** Several polls of any source: a fleet must not go red because a vault rests for a minute. */
export const defaultStalenessMsMax = 900_000

/** `null`: no Unix socket. */
export const socketOf = ({ socket, tcp }: SidecarOptions): string | null =>
  socket === null || tcp !== undefined
    ? null
    : (socket ?? process.env[socketVariable] ?? defaultSocketPath)

/**
 * Where clients say that they live: beside the socket or the token, and without either beside the
 * durable state. `null`: nowhere, and nobody will ask.
 */
export const presenceDirectoryOf = (options: SidecarOptions): string | null => {
  const beside = options.tcp?.tokenFile ?? socketOf(options)
  return beside === null ? (options.stateDirectory ?? null) : dirname(beside)
}

const refuse = (message: string): never => {
  throw new SidecarError('BAD_OPTIONS', message)
}

const isPort = (port: number): boolean => Number.isInteger(port) && port >= 0 && port <= 65_535
const isMode = (mode: number): boolean => Number.isInteger(mode) && mode >= 0 && mode <= 0o777

/** @throws SidecarError BAD_OPTIONS, PLAIN_HTTP_REFUSED */
export const checkOptions = (options: SidecarOptions): void => {
  if (!nameSchema.safeParse(options.name).success) {
    refuse('The member name is unusable: take letters, digits, dots and dashes, at most 127.')
  }
  if (options.source.kind === 'sidecar') {
    refuse('A sidecar cannot follow a sidecar: give it keyVault or files as its source.')
  }
  if (options.pod !== undefined && !podSchema.safeParse(options.pod).success) {
    refuse('The pod is unusable: name, uid, namespace and node are as the downward API gives them.')
  }
  if (options.coordinator !== undefined) checkCoordinator(options.coordinator)
  const { holdMs = defaultHoldMs, joinWaitMs = defaultJoinWaitMs } = options
  if (!Number.isInteger(holdMs) || holdMs < 0 || holdMs > 60_000) {
    refuse('holdMs is a whole number of milliseconds from 0 to 60,000.')
  }
  if (!(joinWaitMs >= 0)) refuse('joinWaitMs is a number of milliseconds, 0 or more.')
  if (!((options.stalenessMsMax ?? defaultStalenessMsMax) > 0)) {
    refuse('stalenessMsMax is a number of milliseconds, more than 0.')
  }
  checkLocal(options)
  checkRendered(options.render ?? [])
}

const checkCoordinator = ({ url, plainAcceptedBy }: CoordinatorSettings): void => {
  if (!/^https?:$/.test(URL.parse(url)?.protocol ?? '')) {
    refuse('The coordinator URL is unusable: it starts with https:// (or http:// on loopback).')
  }
  if (isPlainBeyondLoopback(url) && !plainAcceptedBy) {
    throw new SidecarError(
      'PLAIN_HTTP_REFUSED',
      `Plain HTTP would show the member’s token and reports to the network on the way to ${new URL(url).host}: name the coordinator by https, or who accepts that with --plain-accepted-by.`,
    )
  }
}

const checkLocal = ({ tcp, health, socketMode, socket }: SidecarOptions): void => {
  if (tcp === undefined && socket !== null && process.platform === 'win32') {
    refuse('On Windows there are no Unix sockets for Node: give the sidecar tcp.')
  }
  if (tcp !== undefined && typeof socket === 'string') {
    refuse('A sidecar listens on a socket or on TCP: name one of the two.')
  }
  const { host = '127.0.0.1', port = 0 } = tcp ?? {}
  if (!['127.0.0.1', '::1'].includes(host)) {
    refuse('The keyset never leaves the machine: tcp.host is 127.0.0.1 or ::1.')
  }
  if (!isPort(port) || !isPort(health?.port ?? 0)) refuse('A port is a number from 0 to 65,535.')
  if (!isMode(socketMode ?? defaultSocketMode)) {
    refuse('socketMode is a file mode from 0o000 to 0o777, such as 0o660.')
  }
}
