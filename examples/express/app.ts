// An Express application beside a sidecar. What of it is Keyturn's: `keys: sidecar()`, the wait
// for them, the keys in `/healthz`, and `client.close()`, which lets the last requests end and says
// goodbye.

import { ResilientCosmosClient } from '@keyturn/cosmos'
import { sidecar } from '@keyturn/keyring'
import express from 'express'

const { COSMOS_ENDPOINT: endpoint = '', PORT = '3000' } = process.env

// The sidecar listens on $KEYTURN_SOCKET, by default /run/keyturn/keyturn.sock.
const client = new ResilientCosmosClient({ endpoint, keys: sidecar() })
const books = client.database('shop').container('books')

const app = express()

app.get('/healthz', (_request, response) => {
  const keys = client.keys.status()
  response.status(keys.version === null ? 503 : 200).json({ keys })
})

app.get('/books/:id', async (request, response) => {
  const { resource } = await books.item(request.params.id, 'catalogue').read()
  response.status(resource ? 200 : 404).json(resource ?? null)
})

await client.keys.ready()
const server = app.listen(Number(PORT), '127.0.0.1', () => process.stdout.write('ready\n'))

process.once('SIGTERM', () => {
  server.close(async () => {
    await client.close()
  })
})
