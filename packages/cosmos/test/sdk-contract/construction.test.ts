import { CosmosClient } from '@azure/cosmos'
import t from 'tap'
import { answering, endpoint, open } from './sdk.ts'

t.test('the names that the subclass adds are free', async t => {
  t.notOk('keys' in CosmosClient.prototype)
  t.notOk('close' in CosmosClient.prototype)
  t.equal(typeof CosmosClient.prototype.dispose, 'function')
})

t.test('a client is made synchronously, and sends nothing until it is used', async t => {
  const { client, attempts } = open()
  await new Promise(resolve => setImmediate(resolve))
  t.equal(attempts.length, 0)
  client.dispose()
})

t.test('the SDK writes into the headers that it is given', async t => {
  const defaultHeaders: Record<string, string> = {}
  new CosmosClient({ endpoint, key: 'a2V5', defaultHeaders }).dispose()
  t.ok(Object.keys(defaultHeaders).length > 0, 'so the caller’s are copied')
})

for (const [name, value] of [
  ['key', 'a2V5'],
  ['resourceTokens', { 'dbs/d': 'resource token' }],
] as const)
  t.test(`"${name}" silently wins over a token provider`, async t => {
    const asked: unknown[] = []
    const { httpClient, attempts } = answering()
    const tokenProvider = async (operation: unknown) => `token ${asked.push(operation)}`
    const client = new CosmosClient({ endpoint, httpClient, tokenProvider, [name]: value })
    await client.database('d').read()
    t.equal(asked.length, 0, 'so it is refused beside "keys"')
    t.ok(attempts.length > 0)
    client.dispose()
  })

t.test('an agent of the SDK is in every request, wanted or not', async t => {
  const { client, attempts } = open()
  await client.database('d').read()
  t.ok(attempts.every(({ agent }) => agent !== undefined))
  client.dispose()
})

t.test('a connection string without a key is refused by the SDK itself', async t => {
  t.throws(() => new CosmosClient(`AccountEndpoint=${endpoint};`))
})
