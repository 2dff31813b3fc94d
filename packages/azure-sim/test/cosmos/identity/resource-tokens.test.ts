import type { PermissionMode } from '@azure/cosmos'
import t, { type Test } from 'tap'
import type { CosmosOptions } from '../../../src/cosmos/cosmos-options.ts'
import { type RawRequest, raw } from '../support/raw.ts'
import { openShop } from '../support/shop.ts'

/** A permission for the container `orders`, and a way to send requests with its token. */
async function openWithToken(t: Test, cosmos: Partial<CosmosOptions> = {}, seconds = 3_600) {
  const shop = await openShop(t, {}, { cosmos })
  const { user } = await shop.database.users.create({ id: 'ann' })
  const given = {
    id: 'p',
    permissionMode: 'All' as PermissionMode,
    resource: 'dbs/shop/colls/orders',
  }
  const options = { resourceTokenExpirySeconds: seconds }
  const { permission, resource } = await user.permissions.create(given, options)
  const token = resource?._token ?? ''
  const send = (request: RawRequest, authorization = encodeURIComponent(token)) =>
    raw(shop.endpoint, { ...request, headers: { ...request.headers, authorization } })
  const read = () => send({ path: '/dbs/shop/colls/orders/docs' })
  return { ...shop, user, permission, token, send, read }
}

t.test('a token needs no date, and is taken encoded or not, of either version', async t => {
  const { send, token } = await openWithToken(t)
  const path = '/dbs/shop/colls/orders'
  const plain = token.replaceAll('+', '%2B')
  for (const header of [encodeURIComponent(token), plain, plain.replace('ver=1', 'ver=1.0')]) {
    t.equal((await send({ path }, header)).status, 200)
  }
  t.equal((await send({ path }, plain.replace('ver=1', 'ver=2'))).status, 401)
})

t.test('a token ends when it said it would, by the service’s clock', async t => {
  const { read, clock } = await openWithToken(t, {}, 600)
  const start = clock.now()
  t.equal((await read()).status, 200)
  clock.offsetMs += 590_000
  t.equal((await read()).status, 200)
  clock.offsetMs += 20_000
  const refused = await read()
  t.equal(refused.status, 403)
  t.equal(refused.body.code, 'Forbidden')
  const [, from = '', to = '', now = ''] =
    /^The authorization token is not valid at the current time\. Please create another token and retry \(token start time: (.+), token expiry time: (.+), current server time: (.+)\)\.\r\nActivityId: /.exec(
      refused.body.message ?? '',
    ) ?? []
  t.equal(Date.parse(to) - Date.parse(from), 600_000)
  t.ok(Math.abs(Date.parse(from) - start) < 10_000)
  t.ok(Date.parse(now) > Date.parse(to))
})

t.test('a token without a lifetime of its own lasts an hour', async t => {
  const { user, clock, send } = await openWithToken(t)
  const { resource } = await user.permission('p').read()
  const ask = () =>
    send({ path: '/dbs/shop/colls/orders' }, encodeURIComponent(resource?._token ?? ''))
  clock.offsetMs += 3_590_000
  t.equal((await ask()).status, 200)
  clock.offsetMs += 20_000
  t.equal((await ask()).status, 403)
})

t.test('a token outlives its permission and its user', async t => {
  const { permission, user, read } = await openWithToken(t)
  await permission.delete()
  t.equal((await read()).status, 200)
  await user.delete()
  t.equal((await read()).status, 200)
})

t.test('a token ends with its container, even where that is made anew', async t => {
  const { container, database, read } = await openWithToken(t)
  await container.delete()
  t.equal((await read()).status, 403)
  await database.containers.create({ id: 'orders', partitionKey: '/customer' })
  t.equal((await read()).status, 403)
})

t.test('a token ends with the key that it was made under, region by region', async t => {
  const { keys, read } = await openWithToken(t)
  keys.regenerate('secondary')
  t.equal((await read()).status, 200, 'another key is no matter')
  keys.deaf.add('West US/primary')
  t.equal((await read()).status, 401, 'a region that does not take the key takes no token of it')
  keys.deaf.clear()
  t.equal((await read()).status, 200)
  keys.regenerate('primary')
  const refused = await read()
  t.equal(refused.status, 401)
  t.match(refused.body.message, /^The input authorization token can't serve the request/)
})

t.test('where the knob says so, a token outlives its key', async t => {
  const { keys, read } = await openWithToken(t, { resourceTokensDieWithKey: false })
  keys.regenerate('primary')
  t.equal((await read()).status, 200)
})

t.test('a token of which any one byte differs is refused', async t => {
  const { send, token } = await openWithToken(t)
  const from = token.indexOf('sig=') + 4
  for (let at = from; at < token.length; at += 7) {
    const other = token[at] === 'A' ? 'B' : 'A'
    const changed = token.slice(0, at) + other + token.slice(at + 1)
    const { status } = await send({ path: '/dbs/shop/colls/orders' }, encodeURIComponent(changed))
    t.equal(status, 401, `byte ${at}`)
  }
})

t.test('one seal has one spelling, whatever bits its last digit does not need', async t => {
  const { send, token } = await openWithToken(t)
  const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
  const last = token.indexOf('==;') - 1
  const spelling = (unused: number) => {
    const digit = digits[(digits.indexOf(token[last] ?? '') & 0b110000) | unused]
    return encodeURIComponent(token.slice(0, last) + digit + token.slice(last + 1))
  }
  for (let unused = 0; unused < 16; unused++) {
    const { status } = await send({ path: '/dbs/shop/colls/orders' }, spelling(unused))
    t.equal(status, unused === 0 ? 200 : 401)
  }
})

t.test('where local authorization is off, so are tokens', async t => {
  const { read, settings } = await openWithToken(t)
  settings.localAuthDisabled = true
  const refused = await read()
  t.equal(refused.status, 401)
  t.equal(refused.headers['x-ms-substatus'], '5202')
})

t.test('a token for a document upserts nothing, not even that document', async t => {
  const { user, send, container } = await openWithToken(t)
  await container.items.create({ id: '1', customer: 'a' })
  const { resource } = await user.permissions.create({
    id: 'one',
    permissionMode: 'All' as PermissionMode,
    resource: 'dbs/shop/colls/orders/docs/1',
    resourcePartitionKey: ['a'],
  })
  const headers = {
    'x-ms-documentdb-partitionkey': '["a"]',
    'x-ms-documentdb-is-upsert': 'True',
  }
  const authorization = encodeURIComponent(resource?._token ?? '')
  const feed = '/dbs/shop/colls/orders/docs'
  const document = { body: '{"id":"1","customer":"a"}', headers }
  t.equal((await send({ verb: 'PUT', path: `${feed}/1`, ...document }, authorization)).status, 200)
  const refused = await send({ verb: 'POST', path: feed, ...document }, authorization)
  t.equal(refused.status, 403)
  t.equal(refused.headers['x-ms-substatus'], '0')
  // What a replica says in direct mode, "Request is blocked. …", is not what the gateway says.
  t.match(refused.body.message, /^Insufficient permissions provided in the authorization header/)
})

t.test('every token reads the account, and none lists databases', async t => {
  const { send } = await openWithToken(t)
  t.equal((await send({ path: '/' })).status, 200)
  t.equal((await send({ path: '/dbs' })).status, 403)
  t.equal((await send({ path: '/dbs/shop' })).status, 403)
  t.equal((await send({ path: '/offers' })).status, 403)
  t.equal((await send({ path: '/dbs/shop/users/ann/permissions/p' })).status, 403)
})

t.test('the witness counts no key for a token', async t => {
  const { read, records } = await openWithToken(t)
  await read()
  t.match(records.at(-1), { key: null, scheme: 'resourceToken', status: 200 })
})

t.test('a read-only key reads no permission: its token might write', async t => {
  const { client, user } = await openWithToken(t)
  const reader = client('primaryReadonly').database('shop').user(user.id)
  t.equal((await reader.read()).statusCode, 200)
  await t.rejects(reader.permission('p').read(), { code: 401 })
  await t.rejects(reader.permissions.readAll().fetchAll(), { code: 401 })
})
