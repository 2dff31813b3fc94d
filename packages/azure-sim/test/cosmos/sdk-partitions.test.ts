import t from 'tap'
import { openShop } from './support/shop.ts'

const many = Array.from({ length: 60 }, (_, n) => ({ id: `i${n}`, customer: `c${n % 20}`, n }))

t.test('a container with several physical partitions answers queries as one', async t => {
  const { container } = await openShop(t, { throughput: 40_000 })
  for (const item of many) await container.items.create({ ...item })
  const all = await container.items
    .query('SELECT * FROM c ORDER BY c.n', { maxItemCount: 7 })
    .fetchAll()
  t.same(
    all.resources.map(({ n }) => n),
    many.map(({ n }) => n),
  )
  const forced = await container.items
    .query('SELECT * FROM c', { forceQueryPlan: true, maxItemCount: 7 })
    .fetchAll()
  t.equal(forced.resources.length, 60)
  const count = await container.items.query('SELECT VALUE COUNT(1) FROM c').fetchAll()
  t.same(count.resources, [60])
})

t.test('the simulator routes keys as the SDK does, in both versions and hierarchies', async t => {
  const definitions = [
    { paths: ['/customer'] },
    { paths: ['/customer'], version: 2 },
    { paths: ['/customer', '/id'], kind: 'MultiHash', version: 2 },
  ] as const
  for (const definition of definitions) {
    const partitionKey = { ...definition, paths: [...definition.paths] }
    const { container } = await openShop(t, { throughput: 50_000, partitionKey } as never)
    const operations = many.map(item => {
      const customer = item.n % 3 ? item.customer : item.n - 30.5
      const partitionKey = definition.paths.length === 1 ? customer : [customer, item.id]
      return {
        operationType: 'Upsert' as const,
        partitionKey,
        resourceBody: { ...item, customer },
      }
    })
    const written = await container.items.executeBulkOperations(operations)
    t.same(
      written.map(({ error }) => error?.message),
      many.map(() => undefined),
    )
    const { resources: ranges } = await container.readPartitionKeyRanges().fetchAll()
    t.equal(ranges.length, 5)
  }
})

t.test('bulk requests survive a split', async t => {
  const { container, cosmos } = await openShop(t)
  const operations = (from: number) =>
    many.map(item => ({
      operationType: 'Create' as const,
      partitionKey: item.customer,
      resourceBody: { ...item, id: `${from}-${item.id}` },
    }))
  await container.items.executeBulkOperations(operations(1))
  t.ok(cosmos.catalogue.container('shop', 'orders')?.ranges.split('0'))
  const after = await container.items.executeBulkOperations(operations(2))
  t.ok(after.every(({ response }) => response?.statusCode === 201))
})

t.test('a hierarchical key may be given in part to a query', async t => {
  const partitionKey = { paths: ['/tenant', '/user'], kind: 'MultiHash', version: 2 }
  const { container } = await openShop(t, { partitionKey } as never)
  for (const tenant of ['t1', 't2']) {
    for (const user of ['u1', 'u2']) await container.items.create({ id: 'x', tenant, user })
  }
  const of = async (key: string[]) =>
    (await container.items.query('SELECT * FROM c', { partitionKey: key }).fetchAll()).resources
      .length
  t.equal(await of(['t1']), 2)
  t.equal(await of(['t1', 'u2']), 1)
  t.match((await container.item('x', ['t2', 'u1']).read()).resource, { tenant: 't2', user: 'u1' })
})

t.test('session tokens advance with writes and name the partition', async t => {
  const { container } = await openShop(t, { throughput: 20_000 })
  const tokens: string[] = []
  for (const customer of ['a', 'b', 'c', 'd', 'e', 'f']) {
    const { headers } = await container.items.create({ id: 'x', customer })
    tokens.push(String(headers['x-ms-session-token']))
  }
  const parsed = tokens.map(token => /^(\d+):\d+#(\d+)#\d+=-1$/.exec(token) ?? [])
  t.same(new Set(parsed.map(([, range]) => range)), new Set(['0', '1']))
  const lsns = parsed.map(([, , lsn]) => Number(lsn))
  t.ok(
    lsns.every((lsn, at) => at === 0 || lsn > (lsns[at - 1] ?? 0)),
    `${lsns}`,
  )
})

t.test('throughput is read and replaced by its offer', async t => {
  const { container } = await openShop(t, { throughput: 1_000 })
  const { resource, offer } = await container.readOffer()
  t.equal(resource?.content?.offerThroughput, 1_000)
  if (resource?.content !== undefined) resource.content.offerThroughput = 2_000
  await offer?.replace(resource as never)
  t.equal((await container.readOffer()).resource?.content?.offerThroughput, 2_000)
})

t.test('databases and containers are listed, queried, replaced and deleted', async t => {
  const { sdk, database, container } = await openShop(t)
  await sdk.databases.create({ id: 'second' })
  const listed = await sdk.databases.readAll().fetchAll()
  t.same(listed.resources.map(({ id }) => id).toSorted(), ['second', 'shop'])
  const named = await sdk.databases
    .query({
      query: 'SELECT * FROM d WHERE d.id = @id',
      parameters: [{ name: '@id', value: 'shop' }],
    })
    .fetchAll()
  t.equal(named.resources.length, 1)
  const { resource } = await container.read()
  await container.replace({
    ...resource,
    id: 'orders',
    defaultTtl: 5,
    partitionKey: { paths: ['/customer'] },
  } as never)
  t.equal((await container.read()).resource?.defaultTtl, 5)
  await t.rejects(sdk.databases.create({ id: 'shop' }), { code: 409 })
  await container.delete()
  await t.rejects(container.read(), { code: 404 })
  await database.delete()
  await t.rejects(database.read(), { code: 404 })
})
