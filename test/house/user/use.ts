// An application, compiled and run both as a module and as CommonJS: the text is the same.

import { CosmosClient } from '@azure/cosmos'
import { type KeysStatus, ResilientCosmosClient, resilient } from '@keyturn/cosmos'
import { fixed, type LiveKeyset, Ring, type Source } from '@keyturn/keyring'

const { ENDPOINT: endpoint = '', PRIMARY: primary = '', SECONDARY: secondary = '' } = process.env
const transport = { ca: process.env['CA'] ?? '' }

interface Order {
  readonly id: string
  readonly euros: number
}

const read = async (client: CosmosClient): Promise<number | undefined> => {
  const order = client.database('shop').container('orders').item('1', 'eu')
  return (await order.read<Order>()).resource?.euros
}

const run = async (): Promise<unknown> => {
  const ring = new Ring({ source: fixed({ primary, secondary }) })
  const client = new ResilientCosmosClient({ endpoint, keys: ring, transport })
  const engine = resilient(ring, { transport })
  const plain = new CosmosClient({ endpoint, ...engine })
  const answer = {
    isCosmosClient: client instanceof CosmosClient,
    read: await read(client),
    readByOptions: await read(plain),
    active: client.keys.status().active,
  }
  plain.dispose()
  await engine.close()
  await client.close()
  await ring.stop()
  return answer
}

// What must not compile: were a file of the types not found, all of this would be `any`.
export const wrong = (status: KeysStatus, keyset: LiveKeyset, source: Source): unknown => [
  // @ts-expect-error: "keys" stand in place of the key
  () => new ResilientCosmosClient({ endpoint, key: primary }),
  // @ts-expect-error: and beside none
  () => new ResilientCosmosClient({ endpoint, keys: source, key: primary }),
  // @ts-expect-error: a slot is no number
  (): number | null => status.active,
  // @ts-expect-error: a key is no text
  (): string => keyset.keys.primary,
  // @ts-expect-error: a literal is a pair
  () => resilient({ primary }),
]

void run().then(answer => process.stdout.write(JSON.stringify(answer)))
