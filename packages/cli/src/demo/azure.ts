import { setTimeout as sleep } from 'node:timers/promises'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { CosmosClient } from '@azure/cosmos'
import { ClientSecretCredential } from '@azure/identity'
import { SecretClient } from '@azure/keyvault-secrets'
import type { Description } from '@keyturn/azure-sim'
import { Failure } from '../failure.ts'

export type Slot = 'primary' | 'secondary'
export type KeyValues = Readonly<Record<Slot, string>>

const apiVersion = '2026-03-15'

/** What a person with the portal, `az` and a browser would do in Azure: nothing of ours in it. */
export class AzureByHand {
  readonly azure: Description
  readonly #credential: ClientSecretCredential
  readonly #vault: SecretClient

  constructor(azure: Description) {
    this.azure = azure
    setDefaultCACertificates([...getCACertificates('default'), azure.ca])
    const operator = azure.principals['operator']
    if (!operator) throw new Failure('azure-sim has no principal "operator".')
    this.#credential = new ClientSecretCredential(
      azure.tenantId,
      operator.clientId,
      operator.clientSecret,
      { authorityHost: azure.authorityHost, disableInstanceDiscovery: true },
    )
    this.#vault = new SecretClient(azure.vaultUrl, this.#credential, {
      disableChallengeResourceVerification: true,
    })
  }

  async keys(): Promise<KeyValues> {
    const { body } = await this.#post('listKeys')
    const { primaryMasterKey, secondaryMasterKey } = body as Record<string, string>
    return { primary: primaryMasterKey ?? '', secondary: secondaryMasterKey ?? '' }
  }

  /** As `az cosmosdb keys regenerate`: sends it, and follows the operation to its end. */
  async regenerate(slot: Slot): Promise<void> {
    const { operation } = await this.#post('regenerateKey', { keyKind: slot })
    if (operation === null) throw new Failure('ARM named no operation to follow.')
    for (;;) {
      const response = await fetch(operation, { headers: await this.#headers() })
      const { status } = (await response.json()) as { status: string }
      if (status === 'Succeeded') return
      if (status === 'Failed') throw new Failure('ARM failed to regenerate the key.')
      await sleep(250)
    }
  }

  async setSecret(name: string, value: string): Promise<void> {
    await this.#vault.setSecret(name, value)
  }

  /** Whether a region takes a key: an account read with Microsoft's own client. */
  async accepts(endpoint: string, key: string): Promise<boolean> {
    const client = new CosmosClient({
      endpoint,
      key,
      connectionPolicy: {
        enableEndpointDiscovery: false,
        enableBackgroundEndpointRefreshing: false,
      },
    })
    try {
      await client.getDatabaseAccount()
      return true
    } catch (error) {
      if ((error as { code?: unknown }).code === 401) return false
      throw error
    } finally {
      client.dispose()
    }
  }

  /** The simulator's own control endpoint: no part of Azure. */
  async control<T>(path: string, body?: unknown): Promise<T> {
    const response = await fetch(`${this.azure.controlUrl}${path}`, {
      method: body === undefined ? 'GET' : 'PUT',
      headers: { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    if (!response.ok) throw new Failure(`azure-sim refused ${path}: ${await response.text()}`)
    return (await response.json()) as T
  }

  async #post(action: string, body?: unknown) {
    const { armEndpoint, accountId } = this.azure
    const response = await fetch(`${armEndpoint}${accountId}/${action}?api-version=${apiVersion}`, {
      method: 'POST',
      headers: await this.#headers(),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    if (!response.ok) throw new Failure(`ARM answered ${action} with HTTP ${response.status}.`)
    const operation = response.headers.get('azure-asyncoperation')
    return { operation, body: (await response.json().catch(() => null)) as unknown }
  }

  async #headers() {
    const { token } = await this.#credential.getToken('https://management.azure.com/.default')
    return { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  }
}
