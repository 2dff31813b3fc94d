// A worker that follows a container's change feed. It reads on through a rotation: the feed's
// continuation knows no key, so nothing is read twice and nothing is left out.

import { setTimeout as sleep } from 'node:timers/promises'
import { ChangeFeedStartFrom } from '@azure/cosmos'
import { ResilientCosmosClient } from '@keyturn/cosmos'
import { sidecar } from '@keyturn/keyring'

const pauseMs = 50

const client = new ResilientCosmosClient({
  endpoint: process.env['COSMOS_ENDPOINT'] ?? '',
  keys: sidecar(),
})
const orders = client.database('shop').container('orders')
const ended = new AbortController()
process.once('SIGTERM', () => ended.abort())
await client.keys.ready()

const seen = new Set<string>()
let twice = 0
const feed = orders.items.getChangeFeedIterator<{ id: string }>({
  changeFeedStartFrom: ChangeFeedStartFrom.Beginning(),
})
process.stdout.write('ready\n')
while (!ended.signal.aborted) {
  const { result } = await feed.readNext()
  for (const { id } of result) {
    if (seen.has(id)) twice += 1
    seen.add(id)
  }
  if (result.length === 0) await sleep(pauseMs)
}
await client.close()
process.stdout.write(`${JSON.stringify({ operations: seen.size, failed: twice })}\n`)
