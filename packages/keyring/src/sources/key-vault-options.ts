import type { TokenCredential } from '@azure/core-auth'
import type { SecretClientOptions } from '@azure/keyvault-secrets'
import type { Chance, Clock } from '../clock.ts'

/** What this source asks of Key Vault: the SDK's `SecretClient` has it. */
export interface SecretReader {
  getSecret(
    name: string,
    options: { readonly abortSignal: AbortSignal },
  ): Promise<{
    readonly value?: string | undefined
    readonly properties: { readonly version?: string | undefined }
  }>
}

export interface KeyVaultOptions {
  /** For example `https://my-vault.vault.azure.net`. */
  readonly vaultUrl: string
  /** The secret that holds the keyset. */
  readonly secretName: string
  /** Default: `DefaultAzureCredential`. It needs the right to get this secret, no more. */
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
