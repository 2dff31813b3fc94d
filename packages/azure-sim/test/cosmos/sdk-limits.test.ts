import { ChangeFeedStartFrom, type OperationInput } from '@azure/cosmos'
import t from 'tap'
import { raw, signed } from './support/raw.ts'
import { openShop, type Shop } from './support/shop.ts'

const link = 'dbs/shop/colls/orders'

/** One request on the documents as bytes, for what the SDK refuses to send. */
const send = (
  { endpoint, keys }: Shop,
  verb: string,
  more: Record<string, string>,
  body?: string,
) =>
  raw(endpoint, {
    verb,
    path: `/${link}/docs`,
    headers: { ...signed(keys.get('primary'), { verb, type: 'docs', link }), ...more },
    ...(body === undefined ? {} : { body }),
  })

t.test('a batch has at most 100 operations and 2 MB', async t => {
  const shop = await openShop(t)
  const operations = Array.from({ length: 101 }, (_, n) => ({
    operationType: 'Create',
    resourceBody: { id: `i${n}`, customer: 'ann' },
  }))
  const headers = {
    'x-ms-documentdb-partitionkey': '["ann"]',
    'x-ms-cosmos-is-batch-request': 'true',
    'x-ms-cosmos-batch-atomic': 'true',
  }
  const many = await send(shop, 'POST', headers, JSON.stringify(operations))
  t.equal(many.status, 400)
  t.match(many.body.message, /more operations than what is supported/)
  const large = ['a', 'b', 'c'].map(id => ({
    operationType: 'Create' as const,
    resourceBody: { id, customer: 'ann', text: 'x'.repeat(700 * 1024) },
  }))
  await t.rejects(shop.container.items.batch(large, 'ann'), { cause: { code: 413 } })
  t.equal((await shop.container.items.readAll().fetchAll()).resources.length, 0)
})

t.test('a batch honours each If-Match, and fails as a whole with 412 and 424', async t => {
  const { container } = await openShop(t)
  const { etag } = await container.items.create({ id: 'a', customer: 'ann', n: 1 })
  const operations = (ifMatch: string): OperationInput[] => [
    { operationType: 'Create' as const, resourceBody: { id: 'b', customer: 'ann' } },
    {
      operationType: 'Replace' as const,
      id: 'a',
      ifMatch,
      resourceBody: { id: 'a', customer: 'ann', n: 2 },
    },
    { operationType: 'Read' as const, id: 'a' },
  ]
  const statuses = async (ifMatch: string) =>
    (await container.items.batch(operations(ifMatch), 'ann')).result?.map(
      ({ statusCode }) => statusCode,
    )
  t.same(await statuses('"stale"'), [424, 412, 424])
  t.same(await statuses(etag), [201, 200, 200])
})

t.test('ids are what the service lets them be', async t => {
  const { container } = await openShop(t)
  const create = (id: string) => container.items.upsert({ id, customer: 'ann' })
  for (const id of ['é'.repeat(511), 'a b', 'ä€😀', '%41', "o'neil", 'x'.repeat(1_023), '+&=']) {
    t.equal((await create(id)).statusCode, 201, id.slice(0, 20))
    t.equal((await container.item(id, 'ann').read()).resource?.['id'], id, id.slice(0, 20))
  }
  const shop = await openShop(t)
  for (const id of ['a/b', 'a\\b', 'a#b', 'a?b', '', 'x'.repeat(1_024), 'é'.repeat(512)]) {
    const headers = { 'x-ms-documentdb-partitionkey': '["ann"]' }
    const answer = await send(shop, 'POST', headers, JSON.stringify({ id, customer: 'ann' }))
    t.equal(answer.status, 400, id.slice(0, 20))
  }
})

t.test('a time to live is a positive number of seconds, or for ever', async t => {
  const { container } = await openShop(t, { defaultTtl: -1 })
  const create = (ttl: unknown) => container.items.upsert({ id: 'a', customer: 'ann', ttl })
  for (const ttl of [0, -2, 1.5, '60', null, 2 ** 31]) {
    const message = `The input ttl '${ttl}' is invalid. Ensure to provide a nonzero positive integer`
    await t.rejects(create(ttl), { code: 400, message: new RegExp(message) }, String(ttl))
  }
  for (const ttl of [1, 2 ** 31 - 1, -1]) t.match((await create(ttl)).statusCode, /20[01]/)
})

t.test('a document has at most 128 levels, and deeper JSON is none at all', async t => {
  const shop = await openShop(t)
  const headers = { 'x-ms-documentdb-partitionkey': '["ann"]' }
  const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels)
  const create = (levels: number) =>
    send(shop, 'POST', headers, `{"id":"d${levels}","customer":"ann","x":${nested(levels)}}`)
  t.equal((await create(127)).status, 201)
  for (const levels of [128, 500, 100_000]) {
    const { status, body } = await create(levels)
    t.equal(status, 400, `${levels}`)
    if (levels === 128) t.match(body.message, /The request payload is invalid/)
  }
  const query = { ...headers, 'x-ms-documentdb-isquery': 'true' }
  const parameters = `[{"name":"@p","value":${nested(100_000)}}]`
  const asked = `{"query":"SELECT VALUE @p","parameters":${parameters}}`
  t.equal((await send(shop, 'POST', query, asked)).status, 400)
  const batch = { ...headers, 'x-ms-cosmos-is-batch-request': 'true' }
  t.equal((await send(shop, 'POST', batch, `[{"x":${nested(100_000)}}]`)).status, 400)
})

t.test('pages are as large as they are asked to be, up to what the service gives', async t => {
  const { container, ...shop } = await openShop(t)
  await Promise.all(
    Array.from({ length: 120 }, (_, n) => container.items.create({ id: `i${n}`, customer: 'ann' })),
  )
  const size = async (maxItemCount?: number) => {
    const options = maxItemCount === undefined ? {} : { maxItemCount }
    return (await container.items.query('SELECT * FROM c', options).fetchNext()).resources.length
  }
  t.same([await size(), await size(1), await size(110), await size(-1)], [100, 1, 110, 120])
  for (const bad of ['0', '-2', 'x', '1.5']) {
    const answer = await send({ container, ...shop }, 'GET', { 'x-ms-max-item-count': bad })
    t.equal(answer.status, 400, bad)
  }
})

t.test('a token stays small however long the text is that sorted the page', async t => {
  const { container } = await openShop(t)
  for (let n = 0; n < 9; n++) {
    await container.items.create({ id: `i${n}`, customer: 'ann', text: `${'x'.repeat(9_000)}${n}` })
  }
  const seen: string[] = []
  let continuationToken: string | undefined
  do {
    const iterator = container.items.query<{ id: string }>('SELECT c.id FROM c ORDER BY c.text', {
      partitionKey: 'ann',
      maxItemCount: 2,
      ...(continuationToken === undefined ? {} : { continuationToken }),
    })
    const page: { resources: { id: string }[]; continuationToken: string } =
      await iterator.fetchNext()
    t.ok((page.continuationToken ?? '').length < 1_024)
    seen.push(...page.resources.map(({ id }) => id))
    continuationToken = page.continuationToken || undefined
  } while (continuationToken !== undefined)
  t.same(
    seen,
    Array.from({ length: 9 }, (_, n) => `i${n}`),
  )
})

t.test('a patch has at most ten operations, each of a kind that there is', async t => {
  const { container } = await openShop(t)
  await container.items.create({ id: 'a', customer: 'ann', n: 1 })
  const item = container.item('a', 'ann')
  const set = (n: number) => ({ op: 'set' as const, path: `/p${n}`, value: n })
  const list = (count: number) => Array.from({ length: count }, (_, n) => set(n))
  t.equal((await item.patch(list(10))).statusCode, 200)
  await t.rejects(item.patch(list(11)), { code: 400, message: /can't exceed '10'/ })
  await t.rejects(item.patch([]), { code: 400 })
  await t.rejects(item.patch([{ op: 'turn', path: '/n' } as never]), { code: 400 })
  await t.rejects(item.patch([{ op: 'set', path: 'n', value: 1 }]), { code: 400 })
})

t.test('what has expired is in no feed, no query and no count', async t => {
  const { container, clock } = await openShop(t, { defaultTtl: -1 })
  await container.items.create({ id: 'short', customer: 'ann', ttl: 10 })
  await container.items.create({ id: 'forever', customer: 'ann' })
  const count = async () =>
    (await container.items.query('SELECT VALUE COUNT(1) FROM c').fetchAll()).resources[0]
  t.equal(await count(), 2)
  clock.offsetMs = 11_000
  t.equal(await count(), 1)
  const feed = container.items.getChangeFeedIterator({
    changeFeedStartFrom: ChangeFeedStartFrom.Beginning(),
  })
  t.match((await feed.readNext()).result, [{ id: 'forever' }])
  t.equal((await container.items.readAll().fetchAll()).resources.length, 1)
  t.equal((await container.items.create({ id: 'short', customer: 'ann' })).statusCode, 201)
  await t.rejects(container.database.containers.create({ id: 'no', defaultTtl: 0 }), { code: 400 })
})

t.test('a container tells its quota and usage, its etag, and what may not change', async t => {
  const shop = await openShop(t)
  const { container } = shop
  await container.items.create({ id: 'a', customer: 'ann' })
  const { headers, resource, etag } = await container.read({ populateQuotaInfo: true } as never)
  t.match(headers['x-ms-resource-usage'], /documentsCount=1;/)
  t.match(headers['x-ms-resource-quota'], /documentsSize=\d+;/)
  const known = signed(shop.keys.get('primary'), { type: 'colls', link })
  const unchanged = { path: `/${link}`, headers: { ...known, 'if-none-match': etag } }
  t.equal((await raw(shop.endpoint, unchanged)).status, 304)
  const replace = (more: object, options = {}) =>
    container.replace({ ...resource, ...more } as never, options)
  await replace({ defaultTtl: 60 })
  const stale = { accessCondition: { type: 'IfMatch', condition: etag } }
  await t.rejects(replace({ defaultTtl: 70 }, stale), { code: 412 })
  await t.rejects(replace({ partitionKey: { paths: ['/other'] } }), { code: 400 })
  const uniqueKeyPolicy = { uniqueKeys: [{ paths: ['/x'] }] }
  await t.rejects(replace({ uniqueKeyPolicy }), { code: 400, message: /uniqueKeyPolicy/ })
  t.equal((await container.read()).resource?.defaultTtl, 60)
})

t.test('what is not there is 404, with the substatus that tells what is missing', async t => {
  const shop = await openShop(t)
  const { container, database } = shop
  const missing = await container.item('none', 'ann').read()
  t.equal(missing.statusCode, 404)
  t.ok(missing.requestCharge > 0)
  t.match(missing.activityId, /^[0-9a-f-]{36}$/)
  const nowhere = database.container('none').item('a', 'ann')
  await t.rejects(nowhere.replace({ id: 'a' }), { code: 404, substatus: 1003 })
})

t.test('all documents of one partition key go at once, and no others', async t => {
  const { container } = await openShop(t)
  for (const id of ['a', 'b', 'c']) await container.items.create({ id, customer: 'ann' })
  await container.items.create({ id: 'd', customer: 'bob' })
  t.equal((await container.deleteAllItemsForPartitionKey('ann')).statusCode, 200)
  t.match((await container.items.readAll().fetchAll()).resources, [{ id: 'd' }])
})
