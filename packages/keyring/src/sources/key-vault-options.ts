import type { TokenCredential } from '@azure/core-auth'
import type { SecretClientOptions } from '@azure/keyvault-secrets'
import type { Chance, Clock } from '../clock.ts'
import type { SubjectOptions } from './plain.ts'

/** What Key Vault says of a version of a secret. */
export interface SecretFacts {
  readonly version?: string | undefined
  readonly createdOn?: Date | undefined
  readonly enabled?: boolean | undefined
  readonly tags?: Readonly<Record<string, string>> | undefined
}

/** What this source asks of Key Vault: the SDK's `SecretClient` has it. */
export interface SecretReader {
  /** The latest version, unless one is named. */
  getSecret(
    name: string,
    options: { readonly abortSignal: AbortSignal; readonly version?: string },
  ): Promise<{ readonly value?: string | undefined; readonly properties: SecretFacts }>
  /** In Azure's tagged layout only: finds the version before, which holds the other key. */
  listPropertiesOfSecretVersions?(
    name: string,
    options: { readonly abortSignal: AbortSignal },
  ): AsyncIterable<SecretFacts>
}

/** A secret for each key; `active` holds the word `primary` or `secondary`, and may be absent. */
export interface SecretNames {
  readonly primary: string
  readonly secondary: string
  readonly active?: string
}

export interface KeyVaultOptions extends SubjectOptions {
  /** For example `https://my-vault.vault.azure.net`. No other host is ever asked. */
  readonly vaultUrl: string
  /**
   * The secret that holds the keyset, or Azure's layout of one key per version with the tag
   * `CredentialId`; or the names of two secrets that hold a key each. Only a keyset has a version
   * and fences: on the others a member blocks a rotation with `NOT_FENCED` until it is waived.
   */
  readonly secretName: string | SecretNames
  /**
   * Default: `DefaultAzureCredential`. It needs the right to get the secret, and for Azure's
   * tagged layout to list its versions: without it, no other key is known to fail over to.
   */
  readonly credential?: TokenCredential
  /** Between two looks, in ms; default 30,000. A tenth more or less, drawn each time. */
  readonly pollMs?: number
  /** Passed on to the SDK's client: proxies, TLS options. Its own retries stay off. */
  readonly clientOptions?: SecretClientOptions
  /** Instead of the SDK's client. */
  readonly client?: SecretReader
  readonly clock?: Clock
  readonly chance?: Chance
}
