import { type Container, CosmosClient, type CosmosClientOptions } from '@azure/cosmos'
import { ClientSecretCredential, type TokenCredential } from '@azure/identity'
import t, { type Test } from 'tap'
import { AzureSim, type AzureSimOptions, VirtualClock } from '../../src/index.ts'
import { trust } from '../clients.ts'
import { statusOf } from './support/status.ts'

const container = 'Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers'
const readMetadata = 'Microsoft.DocumentDB/databaseAccounts/readMetadata'

const principals = {
  analyst: { roles: ['Cosmos DB Built-in Data Reader'] },
  writer: { roles: ['Cosmos DB Built-in Data Contributor'] },
  manager: { roles: ['DocumentDB Account Contributor', 'Contributor'] },
  poster: { actions: [readMetadata, `${container}/items/create`] },
  blind: { actions: [`${container}/items/*`] },
}

/** The shop with one order, made with a key, and clients that come with tokens of Entra. */
async function openShop(t: Test, options: AzureSimOptions = {}) {
  const sim = await AzureSim.start({ seed: 3, principals, ...options })
  t.teardown(() => sim.stop())
  trust(sim)
  const { endpoint } = sim
  const client = (more: Partial<CosmosClientOptions>) => {
    const made = new CosmosClient({ endpoint, ...more })
    t.teardown(() => made.dispose())
    return made
  }
  const admin = client({ key: sim.account.shown('primary').key.value })
  const { database } = await admin.databases.create({ id: 'shop' })
  const partitionKey = { paths: ['/customer'] }
  const made = await database.containers.create({ id: 'orders', partitionKey })
  await made.container.items.create({ id: '1', customer: 'a' })
  const as = (aadCredentials: TokenCredential, more: Partial<CosmosClientOptions> = {}) =>
    client({ aadCredentials, ...more })
  const ordersAs = (name: string): Container =>
    as(sim.credentialOf(name)).database('shop').container('orders')
  return { sim, client, admin, as, ordersAs }
}

t.test('the real identity library gets a token for the account, and its role reads', async t => {
  const { sim, as } = await openShop(t)
  const { clientId = '', clientSecret = '' } = sim.principals['analyst'] ?? {}
  const asked: string[] = []
  const real = new ClientSecretCredential(sim.tenantId, clientId, clientSecret, {
    authorityHost: sim.authorityHost,
    disableInstanceDiscovery: true,
    tlsOptions: { ca: sim.ca },
  })
  const credential: TokenCredential = {
    getToken: (scopes, options) => {
      asked.push(...[scopes].flat())
      return real.getToken(scopes, options)
    },
  }
  const orders = as(credential).database('shop').container('orders')
  t.match((await orders.item('1', 'a').read()).resource, { id: '1' })
  t.match((await orders.read()).resource, { id: 'orders' })
  t.equal(
    (await orders.items.query('SELECT * FROM c ORDER BY c.id').fetchAll()).resources.length,
    1,
  )
  const changes = orders.items.getChangeFeedIterator()
  await changes.readNext()
  t.same(new Set(asked), new Set([`${sim.endpoint.replace(/\/$/, '')}/.default`]))
})

t.test('the scope of Cosmos DB as such is taken as well', async t => {
  const { sim, as } = await openShop(t)
  // An option that the SDK reads and its published types do not show.
  const hidden: object = { aadScope: 'https://cosmos.azure.com/.default' }
  const orders = as(sim.credentialOf('analyst'), hidden).database('shop').container('orders')
  t.equal((await orders.item('1', 'a').read()).statusCode, 200)
})

t.test('a data reader writes nothing: 403 with 5302, principal, action and resource', async t => {
  const { sim, ordersAs } = await openShop(t)
  const orders = ordersAs('analyst')
  const oid = sim.principals['analyst']?.objectId
  await t.rejects(orders.items.create({ id: '2', customer: 'a' }), {
    code: 403,
    substatus: 5302,
    message: `Request blocked by Auth cosmos-sim : Request is blocked because principal [${oid}] does not have required RBAC permissions to perform action [${container}/items/create] on resource [dbs/shop/colls/orders]. Learn more: https://aka.ms/cosmos-native-rbac.`,
  })
  t.equal(await statusOf(orders.items.upsert({ id: '1', customer: 'a' })), 403)
  t.equal(await statusOf(orders.item('1', 'a').replace({ id: '1', customer: 'a' })), 403)
  t.equal(await statusOf(orders.item('1', 'a').patch([{ op: 'set', path: '/n', value: 1 }])), 403)
  t.equal(await statusOf(orders.item('1', 'a').delete()), 403)
})

t.test('a data contributor does everything with documents', async t => {
  const { ordersAs } = await openShop(t)
  const orders = ordersAs('writer')
  await orders.items.create({ id: '2', customer: 'a' })
  await orders.items.upsert({ id: '2', customer: 'a' })
  await orders.item('2', 'a').replace({ id: '2', customer: 'a', n: 1 })
  await orders.item('2', 'a').patch([{ op: 'incr', path: '/n', value: 1 }])
  const batch = await orders.items.batch([{ operationType: 'Read', id: '2' }], 'a')
  t.match(batch.result, [{ statusCode: 200, resourceBody: { n: 2 } }])
  await orders.items.bulk([{ operationType: 'Delete', id: '2', partitionKey: 'a' }])
  t.equal((await orders.items.query('SELECT * FROM c').fetchAll()).resources.length, 1)
})

t.test('each operation of a batch needs its own action', async t => {
  const { ordersAs } = await openShop(t)
  const orders = ordersAs('poster')
  const create = { operationType: 'Create', resourceBody: { id: '2', customer: 'a' } } as const
  t.equal((await orders.items.batch([create], 'a')).code, 200)
  const mixed = [
    { ...create, resourceBody: { id: '3', customer: 'a' } },
    { operationType: 'Read', id: '1' },
  ] as const
  const refusal = { message: new RegExp(`action \\[${container}/items/read\\]`) }
  await t.rejects(orders.items.batch([...mixed], 'a'), refusal)
  t.equal(await statusOf(orders.item('3', 'a').read()), 403, 'nothing was done')
})

t.test('metadata is changed through ARM, or with a key: 403 with 5300', async t => {
  const { sim, as } = await openShop(t)
  const client = as(sim.credential)
  await t.rejects(client.databases.create({ id: 'x' }), {
    code: 403,
    substatus: 5300,
    message:
      /^Request blocked by Auth cosmos-sim : The given request \[POST \/dbs\] cannot be authorized by AAD token in data plane\. Learn more: https:\/\/aka\.ms\/cosmos-native-rbac\./,
  })
  const shop = client.database('shop')
  t.equal(await statusOf(shop.containers.create({ id: 'c', partitionKey: '/id' })), 403)
  t.equal(await statusOf(shop.container('orders').delete()), 403)
  t.equal(await statusOf(shop.users.create({ id: 'ann' })), 403)
  t.equal(await statusOf(shop.readOffer()), 403)
  t.equal(
    (await client.databases.readAll().fetchAll()).resources.length,
    1,
    'and read all the same',
  )
})

t.test('who may not read metadata reads not even the account: 403 with 5301', async t => {
  const { sim, as } = await openShop(t)
  const oid = sim.principals['blind']?.objectId
  await t.rejects(as(sim.credentialOf('blind')).getDatabaseAccount(), {
    code: 403,
    substatus: 5301,
    message: new RegExp(
      `principal \\[${oid}\\] does not have required RBAC permissions to perform action \\[${readMetadata}\\] on resource \\[/\\]`,
    ),
  })
})

t.test('roles of ARM reach no data, however much they may', async t => {
  const { ordersAs } = await openShop(t)
  t.equal(await statusOf(ordersAs('manager').item('1', 'a').read()), 403)
})

t.test('where local authorization is off, tokens of Entra are served as before', async t => {
  const { sim, ordersAs, as, client } = await openShop(t)
  const keyed = client({ key: sim.account.shown('primary').key.value })
  sim.account.flags.disableLocalAuth = true
  t.equal((await ordersAs('analyst').item('1', 'a').read()).statusCode, 200)
  t.equal((await as(sim.credential).getDatabaseAccount()).resource?.writableLocations.length, 1)
  await t.rejects(keyed.getDatabaseAccount(), { code: 401, substatus: 5202 })
})

t.test('an expired token is 401 with 5006 and both times', async t => {
  const clock = new VirtualClock()
  const { ordersAs } = await openShop(t, { clock })
  const orders = ordersAs('analyst')
  t.equal((await orders.item('1', 'a').read()).statusCode, 200)
  // The SDK's own clock does not see this, so it keeps its token.
  clock.advance(3_700_000)
  await t.rejects(orders.item('1', 'a').read(), {
    code: 401,
    substatus: 5006,
    message:
      /Provided AAD token has been expired since \[\d+\/\d+\/\d{4} \d+:\d\d:\d\d [AP]M \(UTC\)\]\. Current server time is \[.+ \(UTC\)\]\. Please refresh the AAD token\.\r\nActivityId: /,
  })
})

t.test(
  'a token for another resource, or with one byte changed, is refused as what it is',
  async t => {
    const { sim, as } = await openShop(t)
    const tokenFor = async (scope: string) =>
      (await sim.credentialOf('analyst').getToken(scope)).token
    const ask = (token: string) =>
      as({ getToken: async () => ({ token, expiresOnTimestamp: Date.now() + 3_600_000 }) })
        .database('shop')
        .container('orders')
        .item('1', 'a')
        .read()
    const own = sim.endpoint.replace(/\/$/, '')
    await t.rejects(ask(await tokenFor('https://management.azure.com/.default')), {
      code: 401,
      substatus: 5008,
      message: new RegExp(
        `^Request blocked by Auth cosmos-sim : Provided AAD token is intended for \\[https://management\\.azure\\.com\\]\\. This database account accepts tokens intended for \\[${own}, https://cosmos\\.azure\\.com\\]\\.`,
      ),
    })
    const good = await tokenFor(`${own}/.default`)
    t.equal((await ask(good)).statusCode, 200)
    const other = good.endsWith('A') ? 'B' : 'A'
    const at = good.lastIndexOf('.') + 20
    await t.rejects(
      ask(`${good.slice(0, at)}${good[at] === 'A' ? 'B' : other}${good.slice(at + 1)}`),
      {
        code: 401,
        substatus: 5004,
      },
    )
    await t.rejects(ask('nonsense'), { code: 401, substatus: 5003 })
  },
)
