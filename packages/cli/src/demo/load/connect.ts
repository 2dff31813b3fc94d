import { CosmosClient } from '@azure/cosmos'
import { SecretClient } from '@azure/keyvault-secrets'
import { type KeysStatus, ResilientCosmosClient } from '@keyturn/cosmos'
import { sidecar } from '@keyturn/keyring'
import { azureCredential } from '../../credential.ts'
import type { ApplicationOptions, KeySupply } from './messages.ts'

/** An application's client, whichever it is. */
export interface Connected {
  /** The one to use now: a plain client is re-created when its key has changed. */
  client(): CosmosClient
  status(): { readonly healed401: number; readonly keys: KeysStatus | null }
  close(): Promise<void>
}

export const connect = (options: ApplicationOptions): Promise<Connected> =>
  options.keys.is === 'keyturn'
    ? connectResilient(options, options.keys)
    : connectPlain(options, options.keys)

const connectResilient = async (
  { name, endpoint }: ApplicationOptions,
  { socket }: KeySupply & { is: 'keyturn' },
): Promise<Connected> => {
  const client = new ResilientCosmosClient({ endpoint, keys: sidecar({ socket, name }) })
  let healed401 = 0
  client.keys.on('failover', ({ from }) => {
    healed401 += from.length
  })
  return {
    client: () => client,
    status: () => ({ healed401, keys: client.keys.status() }),
    close: () => client.close(),
  }
}

/** What applications do today: a key from the vault, and a new client when it has changed. */
const connectPlain = async (
  { endpoint }: ApplicationOptions,
  { vaultUrl, secret, pollMs }: KeySupply & { is: 'plain' },
): Promise<Connected> => {
  const vault = new SecretClient(vaultUrl, await azureCredential(process.env), {
    disableChallengeResourceVerification: new URL(vaultUrl).hostname === 'localhost',
  })
  let key = (await vault.getSecret(secret)).value ?? ''
  let client = new CosmosClient({ endpoint, key })
  const former: CosmosClient[] = []
  const timer =
    pollMs === null
      ? undefined
      : setInterval(async () => {
          const latest = await vault.getSecret(secret).catch(() => null)
          if (!latest?.value || latest.value === key) return
          key = latest.value
          former.push(client)
          client = new CosmosClient({ endpoint, key })
        }, pollMs)
  return {
    client: () => client,
    status: () => ({ healed401: 0, keys: null }),
    close: async () => {
      clearInterval(timer)
      for (const each of [...former, client]) each.dispose()
    },
  }
}
