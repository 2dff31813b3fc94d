import { Agent } from 'node:https'
import { createDefaultHttpClient } from '@azure/core-rest-pipeline'
import { CosmosClient } from '@azure/cosmos'
import {
  ResilientCosmosClient,
  type ResilientCosmosClientOptions,
  resilient,
  type TransportOptions,
} from '@keyturn/cosmos'
import { fixed, Ring } from '@keyturn/keyring'
import t from 'tap'
import { newKey } from './support/account.ts'

const [a, b] = [newKey(), newKey()]
const keys = { primary: a, secondary: b }
const endpoint = 'https://x.documents.azure.com'

/** As JavaScript calls it: without types. */
const make = (options: unknown) => () =>
  new ResilientCosmosClient(options as ResilientCosmosClientOptions)

const contradictions = [
  ['key', a, 'Pass both keys of the account as "keys: { primary, secondary }" instead.'],
  ['tokenProvider', async () => '', 'Remove it: the keys sign every request.'],
  ['aadCredentials', { getToken: async () => null }, 'an identity needs no keys.'],
  ['resourceTokens', {}, 'resource tokens are not account keys.'],
  ['permissionFeed', [], 'resource tokens are not account keys.'],
  [
    'connectionString',
    `AccountEndpoint=${endpoint};AccountKey=${a};`,
    'Pass its AccountEndpoint as "endpoint", and both keys as "keys: { primary, secondary }"',
  ],
] as const

for (const [name, value, remedy] of contradictions) {
  t.test(`"${name}" contradicts "keys"`, async t => {
    const error = t.throws(make({ endpoint, keys, [name]: value }), TypeError)
    t.match(error, { code: 'OPTION_INVALID', message: `"${name}" contradicts "keys". ` })
    t.match(error, { message: remedy })
    t.notOk(String(error).includes(a), 'no key is quoted')
    await make({ endpoint, keys, [name]: undefined })().close()
  })
}

t.test('a connection string without a key is refused as the SDK refuses it', async t => {
  const connectionString = `AccountEndpoint=${endpoint};`
  t.throws(() => new CosmosClient({ connectionString }))
  t.throws(make({ keys, connectionString }), { message: /Pass its AccountEndpoint as "endpoint"/ })
})

t.test('a constructor called as the SDK’s with a connection string says what to pass', async t => {
  const error = t.throws(make(`AccountEndpoint=${endpoint};AccountKey=${a};`), TypeError)
  t.match(error, { message: /takes an object with "endpoint" and "keys"/ })
  t.notOk(String(error).includes(a))
  t.throws(make(undefined), { message: /takes an object/ })
  t.throws(make(null), { message: /takes an object/ })
})

t.test('an endpoint that is none is refused', async t => {
  for (const none of [undefined, null, '', 7]) {
    const error = t.throws(make({ endpoint: none, keys }), TypeError)
    t.match(error, { message: /"endpoint" is missing\. .*https:\/\/name\.documents\.azure\.com/ })
  }
  t.throws(make({ endpoint: 'nowhere', keys }), Error)
})

t.test('connections are configured in one place', async t => {
  const agent = new Agent({ maxSockets: 1 })
  const httpClient = createDefaultHttpClient()
  const transport = { connections: 1 }
  const both = (name: string) => ({ message: `"transport" has no effect on your own "${name}"` })
  t.throws(make({ endpoint, keys, agent, transport }), both('agent'))
  t.throws(make({ endpoint, keys, httpClient, transport }), both('httpClient'))
  t.throws(() => resilient(keys, { agent, transport }), both('agent'))
  t.throws(() => resilient(keys, { httpClient, transport }), both('httpClient'))
  for (const own of [{ agent }, { httpClient }, { agent, httpClient }, { transport }]) {
    await make({ endpoint, keys, ...own })().close()
    await resilient(keys, own).close()
  }
})

t.test('a number of connections or milliseconds that cannot be is refused', async t => {
  const connections = [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '8', null]
  const keepAlives = [0, -1, Number.NaN, Number.POSITIVE_INFINITY, '8', null]
  const transports = [
    ...connections.map(connections => ({ connections })),
    ...keepAlives.map(keepAliveMs => ({ keepAliveMs })),
  ]
  for (const transport of transports) {
    const [name] = Object.keys(transport)
    const refused = { code: 'OPTION_INVALID', message: `"transport.${name}" is no ` }
    t.match(t.throws(make({ endpoint, keys, transport }), TypeError), refused)
    t.throws(() => resilient(keys, { transport: transport as TransportOptions }), refused)
  }
  const least = { connections: 1, keepAliveMs: 1 }
  await make({ endpoint, keys, transport: least })().close()
  await make({ endpoint, keys, transport: { connections: undefined } })().close()
})

t.test('the SDK’s own checks of its options hold', async t => {
  const clientEncryptionOptions = {}
  t.throws(make({ endpoint, keys, clientEncryptionOptions }), {
    message: /KeyEncryptionKeyResolver/,
  })
  const source = fixed(keys)
  t.throws(make({ endpoint, keys: source, clientEncryptionOptions }))
  await make({ endpoint, keys: source })().close()
  t.equal(source.status().serving, null, 'what was refused left nothing open')
})

t.test('other options reach the SDK', async t => {
  const options = { endpoint, userAgentSuffix: 'mine', defaultHeaders: { 'x-mine': 'yes' } }
  const client = new ResilientCosmosClient({ ...options, keys, consistencyLevel: 'Eventual' })
  const plain = new CosmosClient({ ...options, key: a, consistencyLevel: 'Eventual' })
  const headersOf = (each: CosmosClient): unknown =>
    Reflect.get(Reflect.get(each, 'clientContext'), 'cosmosClientOptions').defaultHeaders
  t.match(headersOf(client), { 'x-mine': 'yes', 'x-ms-consistency-level': 'Eventual' })
  t.strictSame(headersOf(client), headersOf(plain))
  plain.dispose()
  await client.close()
})

t.test('keys are a source, a ring or a literal', async t => {
  const ring = new Ring({ source: fixed(keys) })
  const literals = [keys, { ...keys, active: 'secondary', pair: 'readOnly' } as const]
  for (const each of [fixed(keys), ring, ...literals]) {
    const client = new ResilientCosmosClient({ endpoint, keys: each })
    t.equal(client.keys.status().source.kind, 'fixed')
    t.equal(client.keys.status().active, 'active' in each ? 'secondary' : 'primary')
    await client.close()
    await resilient(each).close()
  }
  await ring.stop()
})
