// The three that are compared. Each runs in a process of its own, so that none warms the machine
// code that another one runs, nor pays for its garbage.

import { type Container, CosmosClient } from '@azure/cosmos'
import { ResilientCosmosClient } from '@keyturn/cosmos'
import type { TransportName, Variant } from './cases.ts'
import type { Ready } from './server.ts'
import { tunedHttpClient } from './tuned.ts'

const connections = 64

/** A client as its documentation says to make it; trust is set process-wide. */
export const makeClient = (
  variant: Variant,
  { endpoints, keys }: Ready,
  transport: TransportName,
): CosmosClient => {
  const endpoint = endpoints[transport]
  switch (variant) {
    case 'plain':
      return new CosmosClient({ endpoint, key: keys.primary })
    case 'tuned':
      return new CosmosClient({
        endpoint,
        key: keys.primary,
        httpClient: tunedHttpClient(connections),
      })
    case 'keyturn':
      return new ResilientCosmosClient({ endpoint, keys })
  }
}

export const containerOf = (client: CosmosClient): Container =>
  client.database('bench').container('items')
