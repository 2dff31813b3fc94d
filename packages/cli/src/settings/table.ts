/** One setting of a command that asks a coordinator for something. */
export interface Setting {
  /** Its key in the file; the flag is the same in kebab case. */
  readonly name: string
  readonly value: 'url' | 'path' | 'name'
  readonly env: string
  readonly does: string
  readonly default?: string
}

/**
 * Every setting: flags, variables, the file's keys, `keyturn config` and docs/configuration.md all
 * come from this table. What is secret is a file's name here, never a value.
 */
export const settings = [
  {
    name: 'coordinator',
    value: 'url',
    env: 'KEYTURN_COORDINATOR',
    does: 'where the coordinator listens',
    default: 'http://127.0.0.1:8443',
  },
  {
    name: 'tokenFile',
    value: 'path',
    env: 'KEYTURN_TOKEN_FILE',
    does: 'the file that holds your token',
  },
  {
    name: 'account',
    value: 'name',
    env: 'KEYTURN_ACCOUNT',
    does: 'the account; needed where there are several',
  },
  {
    name: 'as',
    value: 'name',
    env: 'KEYTURN_OPERATOR',
    does: 'who asks: it goes into the journal',
  },
  {
    name: 'ca',
    value: 'path',
    env: 'KEYTURN_CA',
    does: 'certificate authorities (PEM) to trust besides the system’s',
  },
  {
    name: 'cert',
    value: 'path',
    env: 'KEYTURN_CERT',
    does: 'your certificate (PEM), where the coordinator asks for one',
  },
  { name: 'certKey', value: 'path', env: 'KEYTURN_CERT_KEY', does: 'the certificate’s key (PEM)' },
  {
    name: 'plainAcceptedBy',
    value: 'name',
    env: 'KEYTURN_PLAIN_ACCEPTED_BY',
    does: 'who accepts plain HTTP beyond loopback to the coordinator: a mesh has the TLS',
  },
] as const satisfies readonly Setting[]

export type SettingName = (typeof settings)[number]['name']

/** What a command gets of them. */
export type Settings = { readonly [N in SettingName]?: string }

export const flagOf = (name: string): string =>
  `--${name.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)}`

/** Names the file; no setting itself. */
export const configVariable = 'KEYTURN_CONFIG'
