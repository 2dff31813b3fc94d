import { type Container, CosmosClient } from '@azure/cosmos'
import { ResilientCosmosClient } from '@keyturn/cosmos'
import t, { type Test } from 'tap'
import { undiciTransport } from '../src/transport/undici.ts'
import { Account, fingerprint, newKey } from './support/account.ts'
import { ManualSource, openClient } from './support/client.ts'

const [a, b, c] = [newKey(), newKey(), newKey()]

const setUp = async (t: Tap, ...keys: string[]) => {
  const account = await Account.start(...keys)
  account.know(a, b, c)
  account.put({ id: '1', pk: 'p' })
  t.teardown(() => account.stop())
  return account
}
type Tap = { teardown(handler: () => unknown): void }

t.test('a caller sees nothing of a key that died', async t => {
  const account = await setUp(t, a, b)
  const client = new ResilientCosmosClient({
    endpoint: account.endpoint,
    keys: { primary: a, secondary: b },
  })
  t.teardown(() => client.close())
  const events: string[] = []
  client.keys.on('failover', ({ from, to }) => events.push(`failover ${from} ${to}`))
  client.keys.on('refused', ({ fingerprint }) => events.push(`refused ${fingerprint}`))
  const container = client.database('d').container('c')
  account.keys.delete(a)
  const { resource } = await container.item('1', 'p').read()
  t.match(resource, { id: '1' })
  t.same(
    new Set(events),
    new Set([`refused ${fingerprint(a)}`, `failover ${fingerprint(a)} ${fingerprint(b)}`]),
  )
  const before = account.refused(a)
  for (let i = 0; i < 5; i += 1) await container.item('1', 'p').read()
  t.equal(account.refused(a), before, 'the next go straight to the other key')
})

t.test('a write that is repeated under the other key sends the same bytes', async t => {
  const writes = [
    (container: Container) =>
      container.items.upsert({ id: 'ü', pk: 'p', text: '\u2028 and "quotes"' }),
    (container: Container) =>
      container.items.create({ id: '3', pk: 'p', text: 'x'.repeat(300_000) }),
    (container: Container) =>
      container.item('1', 'p').patch([{ op: 'add', path: '/a', value: '\ud83d\ude00' }]),
    (container: Container) =>
      container.items.batch([{ operationType: 'Upsert', resourceBody: { id: '4', pk: 'p' } }], 'p'),
    (container: Container) =>
      container.items.query('SELECT * FROM c', { partitionKey: 'p' }).fetchNext(),
  ]
  for (const write of writes) {
    const account = await setUp(t, a, b)
    const client = new ResilientCosmosClient({
      endpoint: account.endpoint,
      keys: { primary: a, secondary: b },
    })
    t.teardown(() => client.close())
    const container = client.database('d').container('c')
    await container.items.upsert({ id: '2', pk: 'p' })
    account.seen.length = 0
    account.keys.delete(a)
    // Whatever the service makes of it: what counts is what it was sent.
    await write(container).catch(() => undefined)
    const [refused, repeated] = account.seen.filter(
      ({ method, headers }) => method !== 'GET' && !headers['x-ms-cosmos-is-query-plan-request'],
    )
    t.equal(refused?.status, 401)
    t.not(repeated?.status, 401)
    t.ok(refused?.body)
    t.equal(repeated?.body, refused?.body)
    const { authorization: _, 'x-ms-date': __, ...first } = refused?.headers ?? {}
    const { authorization, 'x-ms-date': date, ...second } = repeated?.headers ?? {}
    t.same(second, first, 'and the same headers, but for signature and date')
    t.ok(authorization && date)
  }
})

/** One attempt on each connection, with the one account read that proves what they suspect. */
const refusedOnceEach = (t: Test, account: Account, key: string): void => {
  const refused = account.seen.filter(seen => seen.status === 401 && seen.key === key)
  t.ok(refused.length <= 64, `${refused.length} attempts were refused in all`)
  const accountReads = refused.filter(({ path }) => path === '/').length
  t.ok(accountReads <= 1, `${accountReads} account reads were refused`)
}

t.test('a thousand operations on 64 connections survive the death of their key', async t => {
  const account = await setUp(t, a, b)
  const source = new ManualSource()
  const transport = undiciTransport({ connections: 64 })
  const { container, close } = openClient(account.endpoint, { source, transport })
  t.teardown(close)
  source.offer(a, b)
  await Promise.all(Array.from({ length: 64 }, () => container.item('1', 'p').read()))
  account.seen.length = 0
  let served = 0
  account.intercept = () => {
    served += 1
    if (served === 200) account.keys.delete(a)
    return null
  }
  const reads = Array.from({ length: 1000 }, () => container.item('1', 'p').read())
  const results = await Promise.allSettled(reads)
  t.equal(results.filter(({ status }) => status === 'rejected').length, 0)
  t.ok(account.refused(a) > 0, 'the key died among them')
  refusedOnceEach(t, account, a)
  t.equal(source.refreshes, 0)
})

t.test('with the other key fenced, a thousand operations wait for one refresh', async t => {
  const account = await setUp(t, a, b)
  const source = new ManualSource()
  const transport = undiciTransport({ connections: 64 })
  const { container, close } = openClient(account.endpoint, { source, transport })
  t.teardown(close)
  source.offer(a, b, { fenced: ['secondary'] })
  source.onRefresh = async () => source.offer(a, c, { active: 'secondary', fenced: ['primary'] })
  await Promise.all(Array.from({ length: 64 }, () => container.item('1', 'p').read()))
  account.seen.length = 0
  account.keys = new Set([b, c])
  const reads = Array.from({ length: 1000 }, () => container.item('1', 'p').read())
  const results = await Promise.allSettled(reads)
  t.equal(results.filter(({ status }) => status === 'rejected').length, 0)
  t.ok(account.refused(a) <= 64, `${account.refused(a)} attempts were refused`)
  t.equal(source.refreshes, 1)
  t.same(account.signedWith(b), [], 'and the fenced key signed nothing')
})

t.test('with both keys dead, a thousand operations wait for one refresh', async t => {
  const account = await setUp(t, a, b)
  const source = new ManualSource()
  const transport = undiciTransport({ connections: 64 })
  const { container, close, keys } = openClient(account.endpoint, { source, transport })
  t.teardown(close)
  source.offer(a, b)
  source.onRefresh = async () => source.offer(c, b)
  const exhausted: unknown[] = []
  keys.on('exhausted', event => exhausted.push(event))
  await Promise.all(Array.from({ length: 64 }, () => container.item('1', 'p').read()))
  account.seen.length = 0
  account.keys = new Set([c])
  const operations = Array.from({ length: 1000 }, (_, i) =>
    i % 10 === 0
      ? container.items.upsert({ id: `${i}`, pk: 'p' })
      : container.item('1', 'p').read(),
  )
  const results = await Promise.allSettled(operations)
  t.equal(results.filter(({ status }) => status === 'rejected').length, 0)
  for (const key of [a, b]) {
    refusedOnceEach(t, account, key)
  }
  t.equal(source.refreshes, 1)
  t.same(exhausted, [])
})

t.test('after both keys are refused each fingerprint not yet tried is', async t => {
  const account = await setUp(t, a, b)
  const source = new ManualSource()
  const { container, close } = openClient(account.endpoint, { source })
  t.teardown(close)
  source.offer(a, b)
  source.onRefresh = async () => source.offer(a, c)
  await container.item('1', 'p').read()
  account.keys = new Set([c])
  account.seen.length = 0
  await container.item('1', 'p').read()
  t.same(
    account.seen.map(({ key, status }) => [key === a ? 'a' : key === b ? 'b' : 'c', status]),
    [
      ['a', 401],
      ['b', 401],
      ['c', 200],
    ],
  )
})

t.test('where no key is left, the caller gets Azure’s own error as the SDK makes it', async t => {
  const account = await setUp(t, a, b)
  const source = new ManualSource()
  const { container, keys, close } = openClient(account.endpoint, { source })
  t.teardown(close)
  const plain = new CosmosClient({ endpoint: account.endpoint, key: a })
  t.teardown(() => plain.dispose())
  const exhausted: unknown[] = []
  keys.on('exhausted', event => exhausted.push(event))
  source.offer(a, b)
  await container.item('1', 'p').read()
  const same = plain.database('d').container('c').item('1', 'p')
  await same.read()
  account.keys.clear()
  const shapeOf = (error: unknown) =>
    error instanceof Error && 'code' in error && 'body' in error
      ? { name: error.constructor.name, code: error.code, keys: Object.keys(error).sort() }
      : error
  const expected = await same.read().catch(shapeOf)
  t.match(expected, { code: 401 })
  t.same(await container.item('1', 'p').read().catch(shapeOf), expected)
  await t.rejects(container.item('1', 'p').read(), { code: 401 })
  t.equal(exhausted.length, 1, 'and says so once a minute at most')
})

t.test('an operation that waits out throttling across a swap uses the new key', async t => {
  const account = await setUp(t, a, b)
  const source = new ManualSource()
  const { container, close } = openClient(account.endpoint, { source })
  t.teardown(close)
  source.offer(a, b)
  await container.item('1', 'p').read()
  account.seen.length = 0
  account.intercept = () => {
    account.intercept = null
    source.offer(a, b, { active: 'secondary', fenced: ['primary'] })
    return {
      status: 429,
      body: { code: '429', message: 'Request rate is large' },
      headers: { 'x-ms-retry-after-ms': '1' },
    }
  }
  await container.item('1', 'p').read()
  t.same(
    account.seen.map(({ key, status }) => [key === a ? 'a' : 'b', status]),
    [
      ['a', 429],
      ['b', 200],
    ],
  )
})

t.test('a late 401 for a replaced key says nothing about its successor', async t => {
  const account = await setUp(t, a, b)
  const source = new ManualSource()
  const { container, ring, close } = openClient(account.endpoint, { source })
  t.teardown(close)
  source.offer(a, b)
  await container.item('1', 'p').read()
  account.keys = new Set([a, b, c])
  account.intercept = ({ key }) => {
    if (key !== a) return null
    // While the answer is on its way, the slot's key is replaced.
    if (ring.current?.version === 1) source.offer(c, b)
    return { status: 401, body: { code: 'Unauthorized', message: 'The wrong key is being used' } }
  }
  await container.item('1', 'p').read()
  t.same(ring.refusals, [])
  t.equal(account.seen.at(-1)?.key, c)
})

t.test('the background account read fails over and is metered like any other', async t => {
  const account = await setUp(t, a, b)
  const source = new ManualSource()
  const { client, keys, close } = openClient(account.endpoint, { source })
  t.teardown(close)
  source.offer(a, b)
  account.keys.delete(a)
  await client.getDatabaseAccount()
  t.match(keys.status().keys, [
    { fingerprint: fingerprint(a), total: 1, refused: [{ endpoint: account.endpoint }] },
    { fingerprint: fingerprint(b), total: 1, refused: [] },
  ])
})
