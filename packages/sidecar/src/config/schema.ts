import { accountIdSchema, nameSchema, pairSchema } from '@keyturn/protocol'
import { z } from 'zod'
import { modeSchema, renderSchema } from './render-schema.ts'

const msWords = 'must be whole milliseconds'
const ms = z.int(msWords).min(0, msWords)
const portWords = 'must be a number from 0 to 65535'
const port = z.int(portWords).min(0, portWords).max(65_535, portWords)
const path = z.string().min(1, 'must be a path')
const groupWords = 'must be the number of a group'
const httpsUrl = z.url({ protocol: /^https$/, error: 'must be a URL with https://' })
const httpUrl = z.url({ protocol: /^https?$/, error: 'must be a URL with http:// or https://' })

const keyVaultSchema = z.strictObject({
  url: httpsUrl.optional().describe('The Key Vault that holds the keys.'),
  secret: nameSchema
    .optional()
    .describe('The secret that holds the keyset, or Azure’s tagged one-secret layout.'),
  secrets: z
    .strictObject({
      primary: nameSchema.optional().describe('The secret that holds the primary key.'),
      secondary: nameSchema.optional().describe('The secret that holds the secondary key.'),
      active: nameSchema
        .optional()
        .describe('The secret that holds the word primary or secondary; default: primary.'),
    })
    .optional(),
  pollMs: ms
    .min(1_000, 'must be 1000 or more: a vault is not asked more often')
    .optional()
    .describe('Between two looks into the vault; default 30000.'),
})

const filesSchema = z.strictObject({
  directory: path
    .optional()
    .describe('A mounted directory with keyset.json, or primary, secondary and perhaps active.'),
  pollMs: ms
    .min(100, 'must be 100 or more')
    .optional()
    .describe('Between two looks without an event; default 10000.'),
  stalenessMsMax: ms
    .optional()
    .describe('How old mounted files may be; default 120000, as the CSI driver polls.'),
})

const tcpSchema = z.strictObject({
  port: port.optional().describe('Loopback TCP instead of the socket: its port; 0: a free one.'),
  host: z.enum(['127.0.0.1', '::1']).optional().describe('Default 127.0.0.1.'),
  tokenFile: path
    .optional()
    .describe('Holds the token that each request carries; made where it is not there.'),
})

const healthSchema = z.strictObject({
  port: port.optional().describe('A port for /healthz, /readyz and /metrics alone.'),
  host: z.string().min(1).optional().describe('Default 0.0.0.0.'),
})

const coordinatorSchema = z.strictObject({
  url: httpUrl.optional().describe('Whom it reports to.'),
  plainAcceptedBy: z
    .string()
    .min(1, 'must be a name')
    .optional()
    .describe('Who accepts plain HTTP beyond loopback on the way to it: a mesh has the TLS.'),
  tokenFile: path
    .optional()
    .describe('Holds the token by which the coordinator knows this member; read for each report.'),
  caFile: path.optional().describe('PEM of an authority to trust for the coordinator.'),
  certFile: path.optional().describe('PEM of a certificate to present to it; may be renewed.'),
  keyFile: path.optional().describe('PEM of that certificate’s key.'),
})

const probeSchema = z.strictObject({
  caFile: path.optional().describe('PEM of an authority to trust for the account’s endpoints.'),
  timeoutMs: ms.min(1, msWords).optional().describe('How long one probe may take; default 5000.'),
  backoff: z
    .strictObject({
      firstMs: ms
        .min(1, msWords)
        .optional()
        .describe('The first pause between probes; default 200.'),
      maxMs: ms
        .min(1, msWords)
        .optional()
        .describe('The longest pause between probes; default 5000.'),
    })
    .optional(),
})

/**
 * A sidecar's configuration. Nothing in it is a secret: keys and tokens are named by file or
 * vault. Each field may stand in the file, in the environment, or on the command line; so none
 * is required in any one of them.
 */
export const sidecarConfigSchema = z.strictObject({
  name: nameSchema
    .optional()
    .describe('The member’s name in the fleet, the same after a restart; in Kubernetes the pod’s.'),
  keyVault: keyVaultSchema.optional(),
  files: filesSchema.optional(),
  prefer: z
    .enum(['keyVault', 'files'])
    .optional()
    .describe(
      'Where both a vault and a directory are named: the one that serves; default keyVault.',
    ),
  graceMs: ms
    .optional()
    .describe(
      'How long the preferred source may be away until the other one serves; default 3000.',
    ),
  account: accountIdSchema
    .optional()
    .describe('ARM resource id, where the layout does not say whose keys it holds.'),
  endpoint: httpUrl
    .optional()
    .describe('The account’s endpoint, where the layout does not say it.'),
  pair: pairSchema.optional().describe('Default readWrite; a keyset of the other pair is refused.'),
  stalenessMsMax: ms
    .min(1, msWords)
    .optional()
    .describe('Not ready once the source has not answered for longer; default 900000.'),
  socket: path
    .optional()
    .describe('The Unix socket where applications attach; default /run/keyturn/keyturn.sock.'),
  socketMode: modeSchema
    .optional()
    .describe('Octal; 660 where containers share a group; default 600.'),
  socketGroup: z
    .int(groupWords)
    .min(0, groupWords)
    .optional()
    .describe('Its group, by number; default: the process’s own.'),
  tcp: tcpSchema.optional(),
  health: healthSchema.optional(),
  stateDirectory: path
    .optional()
    .describe('Remembers clients and versions across restarts, never a key.'),
  coordinator: coordinatorSchema.optional(),
  joinWaitMs: ms
    .optional()
    .describe('How long the first keyset waits for the coordinator; default 10000.'),
  holdMs: ms
    .max(60_000)
    .optional()
    .describe('How long the coordinator may hold a report; default 20000.'),
  probe: probeSchema.optional(),
  render: z
    .array(renderSchema)
    .optional()
    .describe('Files for applications in other languages, each a passive client.'),
})

export type SidecarConfig = z.infer<typeof sidecarConfigSchema>
