// Keys straight from Key Vault, without a sidecar; and where a sidecar is there, from that. The
// first source that has a keyset serves.

import { setTimeout as sleep } from 'node:timers/promises'
import { DefaultAzureCredential } from '@azure/identity'
import { ResilientCosmosClient } from '@keyturn/cosmos'
import { chain, keyVault, sidecar } from '@keyturn/keyring'

const { COSMOS_ENDPOINT: endpoint = '', KEY_VAULT_URL: vaultUrl = '' } = process.env

const vault = keyVault({
  vaultUrl,
  secretName: 'cosmos-keyset',
  credential: new DefaultAzureCredential(
    // Only because the embedded Entra is none of Azure's own; in Azure nothing is said here.
    { authorityHost: process.env['AZURE_AUTHORITY_HOST'] ?? '', disableInstanceDiscovery: true },
  ),
  pollMs: 1_000,
})
const client = new ResilientCosmosClient({ endpoint, keys: chain([sidecar(), vault]) })
const books = client.database('shop').container('books')
const ended = new AbortController()
process.once('SIGTERM', () => ended.abort())

// An application may start before its vault can be reached: until then there is nothing to sign with.
await client.keys.ready()

let operations = 0
while (!ended.signal.aborted) {
  await books.item('book-1', 'catalogue').read()
  operations += 1
  if (operations === 1) process.stdout.write('ready\n')
  await sleep(5)
}
await client.close()
process.stdout.write(`${JSON.stringify({ operations, failed: 0 })}\n`)
