// An application that knows nothing of rotations: a key in its environment, read when it starts. It
// ends properly on SIGTERM: requests that have begun are answered first.

import { appendFileSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { CosmosClient } from '@azure/cosmos'

const { COSMOS_CONNECTION_STRING: connection = '', PID_FILE = '', COUNTS_FILE = '' } = process.env

const client = new CosmosClient(connection)
const books = client.database('shop').container('books')
const ended = new AbortController()
process.once('SIGTERM', () => ended.abort())

let operations = 0
let failed = 0
while (!ended.signal.aborted) {
  await books
    .item('book-1', 'catalogue')
    .read()
    .catch(() => failed++)
  operations += 1
  if (operations === 1) writeFileSync(PID_FILE, `${process.pid}`)
  await sleep(5)
}
client.dispose()
appendFileSync(COUNTS_FILE, `${JSON.stringify({ operations, failed })}\n`)
