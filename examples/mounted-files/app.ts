// Keys from a mounted directory, as Kubernetes and the CSI driver mount them: one link, `..data`,
// is replaced, and both keys change at once.

import { setTimeout as sleep } from 'node:timers/promises'
import { ResilientCosmosClient } from '@keyturn/cosmos'
import { files } from '@keyturn/keyring'

const { COSMOS_ENDPOINT: endpoint = '', KEYS_DIRECTORY: directory = '/mnt/keys' } = process.env

const client = new ResilientCosmosClient({ endpoint, keys: files({ directory }) })
client.keys.on('swap', ({ version }) => process.stdout.write(`version ${version}\n`))
const books = client.database('shop').container('books')
const ended = new AbortController()
process.once('SIGTERM', () => ended.abort())
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
