import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import { CosmosClient } from '@azure/cosmos'
import { ResilientCosmosClient } from '@keyturn/cosmos'
import { fixed, Ring } from '@keyturn/keyring'
import t from 'tap'
import { Account, newKey } from './support/account.ts'
import { ManualSource } from './support/client.ts'

const [a, b] = [newKey(), newKey()]
const keys = { primary: a, secondary: b }
const endpoint = 'https://x.documents.azure.com'

t.test('it is a CosmosClient, made synchronously', async t => {
  const client = new ResilientCosmosClient({ endpoint, keys })
  t.ok(client instanceof CosmosClient)
  t.match(client.keys.status(), { version: 0, active: 'primary', source: { kind: 'fixed' } })
  await client.close()
  await client.close()
})

t.test('the caller’s options stay as they are', async t => {
  const defaultHeaders = { 'x-mine': 'yes' }
  const connectionPolicy = { requestTimeout: 1000 }
  const options = { endpoint, keys, defaultHeaders, connectionPolicy }
  const client = new ResilientCosmosClient(options)
  t.same(defaultHeaders, { 'x-mine': 'yes' })
  t.same(connectionPolicy, { requestTimeout: 1000 })
  t.same(Object.keys(options), ['endpoint', 'keys', 'defaultHeaders', 'connectionPolicy'])
  await client.close()
})

t.test('clients may share a ring, which then outlives them', async t => {
  const account = await Account.start(a, b)
  t.teardown(() => account.stop())
  const ring = new Ring({ source: fixed(keys) })
  const one = new ResilientCosmosClient({ endpoint: account.endpoint, keys: ring })
  const two = new ResilientCosmosClient({ endpoint: account.endpoint, keys: ring })
  await one.getDatabaseAccount()
  await one.close()
  await two.getDatabaseAccount()
  t.equal(two.keys.status().keys[0]?.total, 2, 'and counts for both')
  await two.close()
  await ring.stop()
})

t.test('clients that are given one source share one ring, which ends with the last', async t => {
  const account = await Account.start(a, b)
  t.teardown(() => account.stop())
  const source = fixed(keys)
  const one = new ResilientCosmosClient({ endpoint: account.endpoint, keys: source })
  const two = new ResilientCosmosClient({ endpoint: account.endpoint, keys: source })
  await one.getDatabaseAccount()
  await one.close()
  await two.getDatabaseAccount()
  t.equal(two.keys.status().keys[0]?.total, 2)
  t.equal(source.status().serving, 'fixed')
  await two.close()
  t.equal(source.status().serving, null)
})

t.test('a client that another closed says so, and harms no one else', async t => {
  const account = await Account.start(a, b)
  t.teardown(() => account.stop())
  const ring = new Ring({ source: fixed(keys) })
  await using client = new ResilientCosmosClient({ endpoint: account.endpoint, keys: ring })
  await ring.stop()
  await t.rejects(client.getDatabaseAccount(), { code: 'CLIENT_CLOSED' })
})

t.test('a listener that throws fails nobody’s request', async t => {
  const account = await Account.start(b)
  t.teardown(() => account.stop())
  await using client = new ResilientCosmosClient({ endpoint: account.endpoint, keys })
  const heard: unknown[] = []
  const listen = (event: unknown): void => void heard.push(event)
  subscribe('keyturn:failover', listen)
  t.teardown(() => unsubscribe('keyturn:failover', listen))
  const warned = once(process, 'warning')
  client.keys.on('failover', () => {
    throw new Error('a listener’s fault, on purpose')
  })
  await client.getDatabaseAccount()
  t.match(await warned, [{ message: 'a listener’s fault, on purpose' }])
  t.match(heard, [{ endpoint: account.endpoint }], 'and the diagnostics channel tells it too')
})

t.test('a literal is replaced in place; a source alone replaces its own', async t => {
  const account = await Account.start(newKey())
  t.teardown(() => account.stop())
  await using client = new ResilientCosmosClient({ endpoint: account.endpoint, keys })
  await t.rejects(client.getDatabaseAccount(), { code: 401 })
  const fresh = newKey()
  account.keys.add(fresh)
  let swapped = false
  client.keys.on('swap', () => {
    swapped = true
  })
  client.keys.replace({ primary: fresh, secondary: b })
  t.ok(swapped)
  await client.getDatabaseAccount()
  const source = new ManualSource()
  await using other = new ResilientCosmosClient({ endpoint: account.endpoint, keys: source })
  const none = { primary: 'geheim', secondary: b }
  t.throws(() => client.keys.replace(none), { code: 'OPTION_INVALID' })
  t.throws(() => other.keys.replace(keys), {
    code: 'KEYS_NOT_LITERAL',
    message: /come from a keyVault source/,
  })
  await other.keys.refresh()
  t.equal(source.refreshes, 1)
})

t.test('nothing that can be printed of a client holds a key', async t => {
  const { inspect } = await import('node:util')
  const client = new ResilientCosmosClient({ endpoint, keys })
  const printed = inspect(client, { depth: 12, showHidden: true })
  for (const secret of [a, b, Buffer.from(a, 'base64').toString('hex')]) {
    t.notOk(printed.includes(secret))
  }
  t.notOk(JSON.stringify(client.keys.status()).includes(a))
  await client.close()
})
