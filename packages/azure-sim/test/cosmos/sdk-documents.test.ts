import { PatchOperationType } from '@azure/cosmos'
import t from 'tap'
import { startCosmos } from './support/cosmos.ts'

const open = async (t: Parameters<typeof startCosmos>[0]) => {
  const running = await startCosmos(t)
  const client = running.client()
  const { database } = await client.databases.createIfNotExists({ id: 'shop' })
  const { container } = await database.containers.createIfNotExists({
    id: 'orders',
    partitionKey: { paths: ['/customer'] },
  })
  return { ...running, client, database, container }
}

t.test('a document is created, read, replaced, patched and deleted', async t => {
  const { container } = await open(t)
  const created = await container.items.create({ id: 'a', customer: 'ann', total: 1 })
  t.equal(created.statusCode, 201)
  t.equal(created.etag, created.resource?._etag)
  const item = container.item('a', 'ann')
  t.match((await item.read()).resource, { id: 'a', customer: 'ann', total: 1 })
  await item.replace({ id: 'a', customer: 'ann', total: 2 })
  const patched = await item.patch([{ op: PatchOperationType.incr, path: '/total', value: 5 }])
  t.equal(patched.resource?.['total'], 7)
  t.equal((await item.delete()).statusCode, 204)
  t.equal((await item.read()).statusCode, 404)
})

t.test('a query answers in several pages', async t => {
  const { container } = await open(t)
  for (let n = 0; n < 25; n++) {
    await container.items.upsert({ id: `o${n}`, customer: n % 2 ? 'ann' : 'bob', n })
  }
  const pages: number[] = []
  const query = container.items.query<{ n: number }>('SELECT * FROM c ORDER BY c.n', {
    maxItemCount: 10,
  })
  const seen: number[] = []
  while (query.hasMoreResults()) {
    const { resources } = await query.fetchNext()
    pages.push(resources.length)
    seen.push(...resources.map(({ n }) => n))
  }
  t.same(pages, [10, 10, 5])
  t.same(
    seen,
    Array.from({ length: 25 }, (_, n) => n),
  )
  const one = await container.items
    .query({
      query: 'SELECT VALUE COUNT(1) FROM c WHERE c.n >= @n',
      parameters: [{ name: '@n', value: 5 }],
    })
    .fetchAll()
  t.same(one.resources, [20])
  const mine = await container.items.query('SELECT * FROM c', { partitionKey: 'ann' }).fetchAll()
  t.equal(mine.resources.length, 12)
})

t.test('a transactional batch happens as a whole or not at all', async t => {
  const { container } = await open(t)
  await container.items.create({ id: 'here', customer: 'ann', n: 1 })
  const good = await container.items.batch(
    [
      { operationType: 'Create', resourceBody: { id: 'x', customer: 'ann' } },
      { operationType: 'Upsert', resourceBody: { id: 'y', customer: 'ann' } },
      { operationType: 'Replace', id: 'here', resourceBody: { id: 'here', customer: 'ann', n: 2 } },
      { operationType: 'Read', id: 'x' },
      {
        operationType: 'Patch',
        id: 'here',
        resourceBody: { operations: [{ op: 'incr', path: '/n', value: 1 }] },
      },
      { operationType: 'Delete', id: 'y' },
    ],
    'ann',
  )
  t.equal(good.code, 200)
  t.same(
    good.result?.map(({ statusCode }) => statusCode),
    [201, 201, 200, 200, 200, 204],
  )
  const bad = await container.items.batch(
    [
      { operationType: 'Upsert', resourceBody: { id: 'here', customer: 'ann', n: 99 } },
      { operationType: 'Create', resourceBody: { id: 'x', customer: 'ann' } },
      { operationType: 'Delete', id: 'here' },
    ],
    'ann',
  )
  t.equal(bad.code, 207)
  t.same(
    bad.result?.map(({ statusCode }) => statusCode),
    [424, 409, 424],
  )
  t.equal((await container.item('here', 'ann').read()).resource?.['n'], 3)
})

t.test('bulk requests run each operation for itself', async t => {
  const { container } = await open(t)
  const operations = Array.from({ length: 60 }, (_, n) => ({
    operationType: 'Create' as const,
    partitionKey: `c${n % 7}`,
    resourceBody: { id: `b${n}`, customer: `c${n % 7}` },
  }))
  const first = await container.items.bulk(operations)
  t.ok(first.every(({ statusCode }) => statusCode === 201))
  const second = await container.items.executeBulkOperations(operations)
  t.ok(second.every(({ error }) => error?.code === 409))
})

t.test('the change feed goes on where it stopped', async t => {
  const { container } = await open(t)
  await container.items.create({ id: 'a', customer: 'ann' })
  await container.items.create({ id: 'b', customer: 'bob' })
  const { ChangeFeedStartFrom } = await import('@azure/cosmos')
  const feed = container.items.getChangeFeedIterator({
    changeFeedStartFrom: ChangeFeedStartFrom.Beginning(),
  })
  const first = await feed.readNext()
  t.same(
    first.result.map(({ id }) => id),
    ['a', 'b'],
  )
  t.equal((await feed.readNext()).statusCode, 304)
  await container.items.upsert({ id: 'a', customer: 'ann', again: true })
  const third = await feed.readNext()
  t.same(
    third.result.map(({ id }) => id),
    ['a'],
  )
})
