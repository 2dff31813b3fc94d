// The sidecar inside the application: one process, and the same guarantees.

import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { DefaultAzureCredential } from '@azure/identity'
import { ResilientCosmosClient } from '@keyturn/cosmos'
import { keyVault } from '@keyturn/keyring'
import { Sidecar } from '@keyturn/sidecar'

const {
  COSMOS_ENDPOINT: endpoint = '',
  KEY_VAULT_URL: vaultUrl = '',
  KEYTURN_COORDINATOR: url = '',
  KEYTURN_TOKEN_FILE: tokenFile = '',
  STATE_DIRECTORY: stateDirectory = '/var/lib/keyturn',
} = process.env

const own = new Sidecar({
  name: 'orders-1',
  source: keyVault({
    vaultUrl,
    secretName: 'cosmos-keyset',
    credential: new DefaultAzureCredential(
      // Only because the embedded Entra is none of Azure's own; in Azure nothing is said here.
      { authorityHost: process.env['AZURE_AUTHORITY_HOST'] ?? '', disableInstanceDiscovery: true },
    ),
  }),
  // Nobody else attaches to it.
  socket: null,
  stateDirectory,
  coordinator: { url, token: () => readFile(tokenFile, 'utf8') },
  // An example has less patience than production, where 20 s are right.
  holdMs: 1_000,
})
await own.start()
const client = new ResilientCosmosClient({ endpoint, keys: own.keys() })
const books = client.database('shop').container('books')
const ended = new AbortController()
process.once('SIGTERM', () => ended.abort())

// Until the coordinator has taken this member into its fleet, there is nothing to sign with.
await client.keys.ready()

let operations = 0
while (!ended.signal.aborted) {
  await books.item('book-1', 'catalogue').read()
  operations += 1
  if (operations === 1) process.stdout.write('ready\n')
  await sleep(5)
}
await client.close()
await own.stop()
process.stdout.write(`${JSON.stringify({ operations, failed: 0 })}\n`)
