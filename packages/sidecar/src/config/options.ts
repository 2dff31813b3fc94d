import { readFileSync } from 'node:fs'
import {
  chain,
  files,
  type KeyVaultOptions,
  keyVault,
  type SecretNames,
  type Source,
} from '@keyturn/keyring'
import type { Pod } from '@keyturn/protocol'
import { reasonOf, SidecarError } from '../error.ts'
import type { SidecarOptions } from '../options.ts'
import type { CoordinatorSettings } from '../report/coordinator-settings.ts'
import { modeOf, renderedFileOf } from './render-schema.ts'
import type { SidecarConfig } from './schema.ts'

/** What a configuration cannot hold. */
export interface Surroundings {
  /** Where the process runs; gives the member its name, where the configuration gives none. */
  readonly pod?: Pod | null
  /** Who the process is in Azure; default: `DefaultAzureCredential`. Asked for with a vault only. */
  readonly credential?: () => Promise<NonNullable<KeyVaultOptions['credential']>>
}

const refuse = (message: string): never => {
  throw new SidecarError('BAD_OPTIONS', message)
}

/** A file that has to be there at the start: a path that is mistyped is told at once. */
const readText = (path: string, what: string): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    return refuse(
      `The ${what} ${path} cannot be read (${reasonOf(error)}): name one that is there.`,
    )
  }
}

/**
 * The options of the sidecar that a configuration describes.
 * @throws SidecarError BAD_OPTIONS, in one sentence that says what is missing
 */
export const sidecarOptionsOf = async (
  config: SidecarConfig,
  { pod = null, credential }: Surroundings = {},
): Promise<SidecarOptions> => {
  const name =
    config.name ??
    pod?.name ??
    refuse('Give the member a name with --name: one per sidecar, the same after a restart.')
  const { socketMode, render, coordinator, probe, tcp, health } = config
  return {
    name,
    ...defined('pod', pod ?? undefined),
    source: await sourceOf(config, credential),
    ...defined('stalenessMsMax', config.stalenessMsMax),
    ...defined('socket', config.socket),
    ...defined('socketMode', socketMode === undefined ? undefined : modeOf(socketMode)),
    ...defined('socketGroup', config.socketGroup),
    ...defined('tcp', tcp === undefined ? undefined : tcpOf(tcp)),
    ...defined('health', health === undefined ? undefined : healthOf(health)),
    ...defined('stateDirectory', config.stateDirectory),
    ...defined('coordinator', coordinator === undefined ? undefined : coordinatorOf(coordinator)),
    ...defined('joinWaitMs', config.joinWaitMs),
    ...defined('holdMs', config.holdMs),
    ...defined('probe', probe === undefined ? undefined : probeOf(probe)),
    ...defined('render', render?.map(renderedFileOf)),
  }
}

const tcpOf = ({ port, host, tokenFile }: NonNullable<SidecarConfig['tcp']>) => {
  if (port === undefined || tokenFile === undefined) {
    return refuse('TCP needs a port and a token file: name both --tcp-port and --tcp-token-file.')
  }
  return { port, tokenFile, ...defined('host', host) }
}

const healthOf = ({ port, host }: NonNullable<SidecarConfig['health']>) => ({
  port: port ?? refuse('The address of health and metrics needs a port: name --health-port.'),
  ...defined('host', host),
})

const coordinatorOf = ({
  url = refuse('A token or an authority is named, but no coordinator: name --coordinator.'),
  plainAcceptedBy,
  tokenFile,
  caFile,
  certFile,
  keyFile,
}: NonNullable<SidecarConfig['coordinator']>): CoordinatorSettings => {
  if (tokenFile === undefined && certFile === undefined) {
    refuse('Name the file that holds the member token with --token-file, or a certificate.')
  }
  if ((certFile === undefined) !== (keyFile === undefined)) {
    refuse('A certificate takes its key: name both --cert-file and --cert-key-file.')
  }
  // Looked at now, so that a wrong path is said at once; and again before each report.
  if (tokenFile !== undefined) readText(tokenFile, 'token file')
  if (caFile !== undefined) readText(caFile, 'authority')
  return {
    url,
    ...defined('plainAcceptedBy', plainAcceptedBy),
    ...defined('tokenFile', tokenFile),
    ...defined('caFile', caFile),
    ...(certFile === undefined || keyFile === undefined
      ? {}
      : { certificate: { certFile, keyFile } }),
  }
}

const defaultFirstMs = 200
const defaultMaxMs = 5_000

const probeOf = ({ caFile, timeoutMs, backoff }: NonNullable<SidecarConfig['probe']>) => ({
  ...defined('ca', caFile === undefined ? undefined : readText(caFile, 'authority')),
  ...defined('timeoutMs', timeoutMs),
  ...(backoff === undefined
    ? {}
    : {
        backoff: {
          firstMs: backoff.firstMs ?? defaultFirstMs,
          maxMs: backoff.maxMs ?? defaultMaxMs,
        },
      }),
})

const sourceOf = async (
  config: SidecarConfig,
  credential: Surroundings['credential'],
): Promise<Source> => {
  const { account, endpoint, pair, graceMs, prefer = 'keyVault' } = config
  const subject = {
    ...defined('account', account),
    ...defined('endpoint', endpoint),
    ...defined('pair', pair),
  }
  const vault = config.keyVault && (await vaultOf(config.keyVault, subject, credential))
  const directory = config.files && filesOf(config.files, subject)
  if (vault === undefined && directory === undefined) {
    return refuse('Name a source: --vault with --secret, or --directory.')
  }
  const inOrder = prefer === 'files' ? [directory, vault] : [vault, directory]
  const [first, second] = inOrder.filter(source => source !== undefined)
  if (first === undefined || second === undefined) return (first ?? second) as Source
  return chain([first, second], { ...defined('graceMs', graceMs) })
}

type Subject = Pick<KeyVaultOptions, 'account' | 'endpoint' | 'pair'>

const vaultOf = async (
  { url, secret, secrets, pollMs }: NonNullable<SidecarConfig['keyVault']>,
  subject: Subject,
  credential: Surroundings['credential'],
): Promise<Source> => {
  if (url === undefined) return refuse('A secret is named, but no vault: name it with --vault.')
  return keyVault({
    ...subject,
    vaultUrl: url,
    secretName: secretOf(secret, secrets),
    ...defined('pollMs', pollMs),
    ...defined('credential', await credential?.()),
  })
}

const secretOf = (
  secret: string | undefined,
  secrets: NonNullable<SidecarConfig['keyVault']>['secrets'],
): string | SecretNames => {
  const { primary, secondary, active } = secrets ?? {}
  if (secret !== undefined && secrets === undefined) return secret
  if (secret === undefined && primary !== undefined && secondary !== undefined) {
    return { primary, secondary, ...defined('active', active) }
  }
  return refuse(
    'Name one secret with --secret, or two with --secret-primary and --secret-secondary.',
  )
}

const filesOf = (
  { directory, pollMs, stalenessMsMax }: NonNullable<SidecarConfig['files']>,
  subject: Subject,
): Source =>
  files({
    ...subject,
    directory: directory ?? refuse('Mounted files need their directory: name --directory.'),
    ...defined('pollMs', pollMs),
    ...defined('stalenessMsMax', stalenessMsMax),
  })

const defined = <K extends string, V>(name: K, value: V | undefined) =>
  (value === undefined ? {} : { [name]: value }) as { [P in K]?: V }
