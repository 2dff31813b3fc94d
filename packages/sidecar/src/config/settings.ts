import { z } from 'zod'
import { sidecarConfigSchema } from './schema.ts'

/** One setting: where it stands in the file, and by which flag and variable it is given. */
export interface SidecarSetting {
  /** In the configuration, such as `tcp.port`. */
  readonly path: string
  /** As commander takes it, such as `--tcp-port <port>`. */
  readonly flag: string
  readonly variable: string
  readonly description: string
  readonly schema: z.ZodType
}

const flags = {
  name: '--name <name>',
  'keyVault.url': '--vault <url>',
  'keyVault.secret': '--secret <name>',
  'keyVault.secrets.primary': '--secret-primary <name>',
  'keyVault.secrets.secondary': '--secret-secondary <name>',
  'keyVault.secrets.active': '--secret-active <name>',
  'keyVault.pollMs': '--vault-poll-ms <ms>',
  'files.directory': '--directory <path>',
  'files.pollMs': '--directory-poll-ms <ms>',
  'files.stalenessMsMax': '--directory-staleness-ms <ms>',
  prefer: '--prefer <source>',
  graceMs: '--grace-ms <ms>',
  account: '--cosmos-account <id>',
  endpoint: '--endpoint <url>',
  pair: '--pair <pair>',
  stalenessMsMax: '--staleness-ms <ms>',
  socket: '--socket <path>',
  socketMode: '--socket-mode <octal>',
  socketGroup: '--socket-group <gid>',
  'tcp.port': '--tcp-port <port>',
  'tcp.host': '--tcp-host <address>',
  'tcp.tokenFile': '--tcp-token-file <path>',
  'health.port': '--health-port <port>',
  'health.host': '--health-host <address>',
  stateDirectory: '--state <directory>',
  'coordinator.url': '--coordinator <url>',
  'coordinator.plainAcceptedBy': '--plain-accepted-by <name>',
  'coordinator.tokenFile': '--token-file <path>',
  'coordinator.caFile': '--ca-file <path>',
  'coordinator.certFile': '--cert-file <path>',
  'coordinator.keyFile': '--cert-key-file <path>',
  joinWaitMs: '--join-wait-ms <ms>',
  holdMs: '--hold-ms <ms>',
  'probe.caFile': '--probe-ca-file <path>',
  'probe.timeoutMs': '--probe-timeout-ms <ms>',
  'probe.backoff.firstMs': '--probe-backoff-first-ms <ms>',
  'probe.backoff.maxMs': '--probe-backoff-max-ms <ms>',
  render: '--render <json>',
} as const

/** `--tcp-port <port>` is also `KEYTURN_TCP_PORT`. */
const variableOf = (flag: string): string =>
  `KEYTURN_${flag
    .replace(/^--| .*$/g, '')
    .replaceAll('-', '_')
    .toUpperCase()}`

const inner = (schema: unknown): unknown =>
  schema instanceof z.ZodOptional ? inner(schema.unwrap()) : schema

/** The schema at a path, as optional as it stands there. */
const schemaAt = (path: string): z.ZodType =>
  path.split('.').reduce<z.ZodType>((schema, part) => {
    const object = inner(schema)
    const found = object instanceof z.ZodObject ? object.shape[part] : undefined
    if (!(found instanceof z.ZodType)) throw new TypeError(`There is no setting ${path}.`)
    return found
  }, sidecarConfigSchema)

/** Every setting of a sidecar: the one list from which flags, variables and help are made. */
export const sidecarSettings: readonly SidecarSetting[] = Object.entries(flags).map(
  ([path, flag]) => {
    const schema = schemaAt(path)
    return { path, flag, variable: variableOf(flag), description: schema.description ?? '', schema }
  },
)

/** Whether a text stands for a number there. */
export const isNumeric = ({ schema }: SidecarSetting): boolean =>
  inner(schema) instanceof z.ZodNumber
