import { CosmosDBManagementClient } from '@azure/arm-cosmosdb'
import { SecretClient } from '@azure/keyvault-secrets'
import type { AzureSim, SimCredential } from '../src/index.ts'

/** Microsoft's ARM client, unmodified, without retries so that each call is one call. */
export function armClient(sim: AzureSim, credential: SimCredential = sim.credential) {
  return new CosmosDBManagementClient(credential, sim.subscriptionId, {
    endpoint: sim.armEndpoint,
    tlsOptions: { ca: sim.ca },
    retryOptions: { maxRetries: 0 },
  })
}

/** Microsoft's vault client. On loopback no host can match the challenge's resource. */
export function secretClient(sim: AzureSim, credential: SimCredential = sim.credential) {
  return new SecretClient(sim.vaultUrl, credential, {
    disableChallengeResourceVerification: true,
    tlsOptions: { ca: sim.ca },
    retryOptions: { maxRetries: 0 },
  })
}
