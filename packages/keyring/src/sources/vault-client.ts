import type { KeyVaultOptions, SecretReader } from './key-vault-options.ts'
import { isLoopback, pinnedTo } from './pinned-host.ts'

/** Loaded only by those who use it: the SDK costs tens of megabytes. */
export const connectVault = async (options: KeyVaultOptions): Promise<SecretReader> => {
  const { SecretClient } = await import('@azure/keyvault-secrets')
  const credential =
    options.credential ?? new (await import('@azure/identity')).DefaultAzureCredential()
  return new SecretClient(options.vaultUrl, credential, {
    ...options.clientOptions,
    // This source's own back-off honours Retry-After; two on top of each other would not.
    retryOptions: { maxRetries: 0 },
    redirectOptions: { maxRetries: 0 },
    additionalPolicies: [
      ...(options.clientOptions?.additionalPolicies ?? []),
      { policy: pinnedTo(options.vaultUrl), position: 'perRetry' },
    ],
    disableChallengeResourceVerification: isLoopback(options.vaultUrl),
  })
}

/** A look at the vault that failed, in one sentence, and when to come back if the vault said so. */
export class VaultFailure extends Error {
  override readonly name = 'VaultFailure'
  readonly code = 'VAULT_UNREADABLE'
  readonly retryAfterMs: number

  constructor(message: string, retryAfterMs: number) {
    super(message)
    this.retryAfterMs = retryAfterMs
  }
}

/** A service that errs here must not silence us for longer than our own back-off would. */
const toldSecondsMax = 60

const remedies: Readonly<Record<number, string>> = {
  401: 'check the credential and its tenant',
  403: 'grant the identity "get" on this secret, and see that the secret is enabled',
  404: 'publish the keyset, or correct the name of the secret',
  429: 'fewer readers, or a longer poll, keep the vault below its limit',
}

const field = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined

/** Names the failure by status and code only: a service's text may quote what it was sent. */
export const vaultFailure = (
  error: unknown,
  vaultUrl: string,
  secretName: string,
): VaultFailure => {
  if (error instanceof VaultFailure) return error
  const secret = `Secret ${secretName} of ${vaultUrl}`
  const code = field(error, 'code')
  const status = field(error, 'statusCode')
  if (code === 'VAULT_HOST_REFUSED' && error instanceof Error) {
    const remedy = 'see who answers for this name, and that the vault URL is right'
    return new VaultFailure(`${secret} was not read, since ${error.message}: ${remedy}.`, 0)
  }
  if (typeof status === 'number') {
    const isRedirect = status >= 300 && status < 400
    const remedy = isRedirect
      ? 'redirects are not followed, name the vault itself'
      : remedies[status]
    return new VaultFailure(
      `${secret} could not be read (HTTP ${status}): ${remedy ?? 'it is tried again by itself'}.`,
      retryAfterMs(error),
    )
  }
  if (code === 'KEYSET_INVALID' && error instanceof Error) {
    return new VaultFailure(`${secret}: ${error.message}`, 0)
  }
  const reason = typeof code === 'string' ? code : (field(error, 'name') ?? 'unknown')
  return new VaultFailure(
    `${secret} could not be read (${String(reason)}): see that the vault can be reached and the credential works; it is tried again by itself.`,
    0,
  )
}

/** Seconds only: Key Vault does not send dates. */
const retryAfterMs = (error: unknown): number => {
  const headers = field(field(error, 'response'), 'headers')
  const get = field(headers, 'get')
  if (typeof get !== 'function') return 0
  const seconds = Number(Reflect.apply(get, headers, ['retry-after']))
  return Number.isFinite(seconds) ? Math.min(Math.max(seconds, 0), toldSecondsMax) * 1_000 : 0
}
