// An application in a process of its own: reads documents all the time, one every two
// milliseconds, with the keys that its sidecar gives it. An operation that fails ends the benchmark.

import { ResilientCosmosClient } from '@keyturn/cosmos'
import { sidecar } from '@keyturn/keyring'
import { serve } from '../client/channel.ts'

export interface ApplicationOrder {
  readonly socket: string
  readonly endpoint: string
}

export interface ApplicationReport {
  readonly operations: number
}

const everyMs = 2
/** More at once than ever come together, unless the other end stands still. */
const inFlightMax = 64

let operations = 0
let inFlight = 0

const readOn = (client: ResilientCosmosClient): void => {
  const item = client.database('bench').container('items').item('item-0', 'item-0')
  setInterval(() => {
    if (inFlight >= inFlightMax) return
    inFlight += 1
    item.read().then(
      () => {
        operations += 1
        inFlight -= 1
      },
      error => {
        throw error
      },
    )
  }, everyMs)
}

serve<ApplicationOrder | 'count', ApplicationReport>('ready', async order => {
  if (order !== 'count') {
    const { endpoint, socket } = order
    const client = new ResilientCosmosClient({ endpoint, keys: sidecar({ socket }) })
    await client.database('bench').container('items').item('item-0', 'item-0').read()
    readOn(client)
  }
  return { operations }
})
