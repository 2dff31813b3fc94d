import type { SecretClientOptions } from '@azure/keyvault-secrets'

type Policy = NonNullable<SecretClientOptions['additionalPolicies']>[number]['policy']

/** Somebody wanted a token or a request to go elsewhere than to the vault that was named. */
export class VaultHostError extends Error {
  override readonly name = 'VaultHostError'
  readonly code = 'VAULT_HOST_REFUSED'
}

const loopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/

/** Whether a URL's host is this machine: there no challenge can name a vault's public host. */
export const isLoopback = (url: string): boolean => loopback.test(new URL(url).hostname)

/** The vaults' domains of Azure's clouds: what a vault on this machine may stand in for. */
const cloudDomains = ['vault.azure.net', 'vault.azure.cn', 'vault.usgovcloudapi.net'] as const

/** Both spellings that Key Vault uses for what a token must be for. */
const resourcePattern = /\b(?:resource|scope)="?([^",\s]+)/

/** @returns the host that a challenge asks a token for; `null`: it names none. */
export const challengedHost = (challenge: string): string | null => {
  const resource = resourcePattern.exec(challenge)?.[1]
  return resource === undefined ? null : (URL.parse(resource)?.hostname ?? 'no host')
}

/** Whether a token for this host may be sent to that vault. */
const isOwnDomain = (vaultUrl: string, challenged: string): boolean =>
  isLoopback(vaultUrl)
    ? cloudDomains.some(domain => domain === challenged)
    : new URL(vaultUrl).hostname.endsWith(`.${challenged}`)

/**
 * Holds the SDK's client to one host: no request goes anywhere else, whoever redirects it, and no
 * token is fetched for a resource that is not this vault's. The SDK verifies the latter by itself,
 * but not on loopback, and both can be switched off in its options.
 */
export const pinnedTo = (vaultUrl: string): Policy => {
  const { host } = new URL(vaultUrl)
  return {
    name: 'keyturnPinnedHost',
    async sendRequest(request, next) {
      const asked = new URL(request.url)
      if (asked.host !== host) {
        throw new VaultHostError(`a request was to go to ${asked.host} instead of ${host}`)
      }
      const response = await next(request)
      const challenge = response.headers.get('www-authenticate')
      const challenged = challenge === undefined ? null : challengedHost(challenge)
      if (challenged !== null && !isOwnDomain(vaultUrl, challenged)) {
        throw new VaultHostError(`its challenge asks for a token for ${challenged}`)
      }
      return response
    },
  }
}
