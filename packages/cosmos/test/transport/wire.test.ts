import { type Container, CosmosClient } from '@azure/cosmos'
import { ResilientCosmosClient } from '@keyturn/cosmos'
import t from 'tap'
import { Account, newKey, type Seen } from '../support/account.ts'

const [primary, secondary] = [newKey(), newKey()]

/** What differs between any two requests, whoever sends them. */
const own = new Set(['authorization', 'x-ms-date', 'x-ms-cosmos-correlated-activityid'])

const written = ({ method, path, body, headers }: Seen) => ({
  method,
  path,
  body,
  headers: Object.fromEntries(Object.entries(headers).filter(([name]) => !own.has(name))),
})

const drive = async (container: Container): Promise<void> => {
  await container.item('1', 'p').read()
  await container.items.upsert({ id: 'ü-2', pk: 'p', text: 'é\u2028 "quoted"' })
  await container.item('ü 3', 'p').read()
  const options = { partitionKey: 'p', maxItemCount: 3 }
  await container.items.query('SELECT * FROM c', options).fetchAll()
  await container.items.query('SELECT * FROM c').fetchNext()
}

/** Everything a client sends for the same calls, in order. */
const sentBy = async (account: Account, client: CosmosClient) => {
  account.seen.length = 0
  await drive(client.database('d').container('c'))
  client.dispose()
  return account.seen.map(written)
}

t.test(
  'methods, paths, headers and bodies are the plain client’s, but for the signature',
  async t => {
    const account = await Account.start(primary, secondary)
    account.put({ id: '1', pk: 'p' })
    t.teardown(() => account.stop())
    const { endpoint } = account
    const plain = await sentBy(account, new CosmosClient({ endpoint, key: primary }))
    const keys = { primary, secondary }
    const ours = await sentBy(account, new ResilientCosmosClient({ endpoint, keys }))
    t.ok(plain.length >= 6, 'the account read, two point reads, an upsert, two queries')
    t.same(ours, plain)
  },
)
