import type { AccountConfig, CoordinatorConfig } from '@keyturn/coordinator'
import type { Settings } from '../settings/table.ts'

/** What is left to do once an account is adopted: its sidecars, and who has to be granted what. */
export interface Setup {
  /** One argument after the other; the name is each member's own. */
  readonly sidecar: readonly string[]
  /** Commands of `az`, with names to be put in between angle brackets. */
  readonly grants: readonly string[]
}

const vaultNameIn = (url: string): string => new URL(url).hostname.split('.')[0] ?? ''

export const setupOf = (
  { account, vault }: AccountConfig,
  coordinator: string,
  memberTokenFile: string,
): Setup => {
  const secret = `$(az keyvault show --name ${vaultNameIn(vault.url)} --query id --output tsv)/secrets/${vault.secret}`
  const grant = (who: string, role: string, scope: string): string =>
    `az role assignment create --assignee-object-id ${who} --assignee-principal-type ServicePrincipal --role "${role}" --scope "${scope}"`
  return {
    sidecar: [
      ...['keyturn', 'sidecar', '--name', '<member>'],
      ...['--vault', vault.url, '--secret', vault.secret],
      ...['--state', '/var/lib/keyturn'],
      ...['--coordinator', coordinator, '--token-file', memberTokenFile],
    ],
    grants: [
      'az role definition create --role-definition @role.json',
      grant('<coordinator>', 'Keyturn Coordinator', account),
      grant('<coordinator>', 'Key Vault Secrets Officer', secret),
      grant('<sidecars>', 'Key Vault Secrets User', secret),
    ],
  }
}

/** For a person: lines that may be pasted, once the names in angle brackets are put in. */
export const setupLines = ({ sidecar, grants }: Setup): readonly string[] => [
  '',
  'Beside each application, under its own member name:',
  `  ${pairs(sidecar).join(' \\\n    ')}`,
  '',
  'Rights, for the object ids of your identities (keyturn doctor --role prints role.json):',
  ...grants.map(line => `  ${line}`),
]

/** An option and its value on one line. */
const pairs = (argv: readonly string[]): string[] => {
  const [program = '', command = '', ...rest] = argv
  const lines = [`${program} ${command}`]
  for (let at = 0; at < rest.length; at += 2) lines.push(`${rest[at]} ${rest[at + 1]}`)
  return lines
}

/** Where a coordinator of this configuration listens, as seen from its own machine. */
export const coordinatorOf = ({ listen }: CoordinatorConfig): Settings => {
  const { host, port, tls, plain } = listen
  const here = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host
  const coordinator = `${tls ? 'https' : 'http'}://${here.includes(':') ? `[${here}]` : here}:${port}`
  return { coordinator, ...(plain ? { plainAcceptedBy: plain.acceptedBy } : {}) }
}
