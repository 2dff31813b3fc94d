import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { CosmosDBManagementClient } from '@azure/arm-cosmosdb'
import type { TokenCredential } from '@azure/identity'
import { SecretClient } from '@azure/keyvault-secrets'
import type { AzureSim } from '../src/index.ts'

const management = 'https://management.azure.com/.default'

/** Microsoft's ARM client, unmodified, without retries so that each call is one call. */
export function armClient(sim: AzureSim, credential: TokenCredential = sim.credential) {
  return new CosmosDBManagementClient(credential, sim.subscriptionId, {
    endpoint: sim.armEndpoint,
    tlsOptions: { ca: sim.ca },
    retryOptions: { maxRetries: 0 },
  })
}

/** Microsoft's vault client. On loopback no host can match the challenge's resource. */
export function secretClient(sim: AzureSim, credential: TokenCredential = sim.credential) {
  return new SecretClient(sim.vaultUrl, credential, {
    disableChallengeResourceVerification: true,
    tlsOptions: { ca: sim.ca },
    retryOptions: { maxRetries: 0 },
  })
}

/** Lets `fetch` in this process trust the simulator. */
export function trust(sim: AzureSim): void {
  setDefaultCACertificates([...getCACertificates('default'), sim.ca])
}

export interface RawAnswer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  readonly body: unknown
}

/** One request to ARM as bytes, for what the client hides. A path without `/subscriptions` is below the account. */
export async function armRequest(
  sim: AzureSim,
  method: string,
  path: string,
  { body, version = '2026-03-15' }: { body?: unknown; version?: string } = {},
): Promise<RawAnswer> {
  const { token } = await sim.credential.getToken(management)
  const whole = path.startsWith('https:')
    ? path
    : `${sim.armEndpoint}${path.startsWith('/subscriptions') ? '' : sim.accountId}${path}?api-version=${version}`
  return rawRequest(whole, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
}

export async function rawRequest(url: string, init: RequestInit = {}): Promise<RawAnswer> {
  const response = await fetch(url, init)
  const text = await response.text()
  const { status, headers } = response
  return { status, headers, text, body: text === '' ? undefined : JSON.parse(text) }
}
