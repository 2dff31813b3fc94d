import type { Container, FeedResponse } from '@azure/cosmos'
import fc from 'fast-check'
import t from 'tap'
import { raw, signed } from './support/raw.ts'
import { openShop } from './support/shop.ts'

interface Order {
  readonly id: string
  readonly customer: string
  readonly n: number
  readonly city?: string
  readonly tags: readonly string[]
}

const orders: readonly Order[] = Array.from({ length: 60 }, (_, at) => ({
  id: `i${String(at).padStart(2, '0')}`,
  customer: `c${at % 13}`,
  n: (at * 17) % 60,
  ...(at % 5 === 0 ? {} : { city: ['Bern', 'Basel', 'Chur'][at % 3] ?? '' }),
  tags: at % 2 ? ['odd'] : ['even', 'round'],
}))

const fill = async (container: Container) => {
  for (const order of orders) await container.items.create({ ...order })
}

const all = async (container: Container, query: string, maxItemCount = 7) =>
  (await container.items.query(query, { maxItemCount }).fetchAll()).resources

/** Without regard to order; a result is told apart by its text. */
const bag = (items: readonly unknown[]) => items.map(item => JSON.stringify(item)).toSorted()

const count = (holds: (order: Order) => boolean) => orders.filter(holds).length

t.test('a container answers the same however many partitions it has', async t => {
  const one = await openShop(t)
  const four = await openShop(t, { throughput: 40_000 })
  const split = await openShop(t)
  for (const { container } of [one, four, split]) await fill(container)
  const ranges = split.cosmos.catalogue.container('shop', 'orders')?.ranges
  ranges?.split('0')
  ranges?.split('1')
  const query = fc.constantFrom(
    'SELECT c.id, c.customer, c.tags FROM c',
    'SELECT c.id, c.n FROM c WHERE c.n > 20 AND c.n < 40',
    "SELECT VALUE c.id FROM c WHERE c.city IN ('Bern', 'Chur') OR NOT IS_DEFINED(c.city)",
    'SELECT c.id, t FROM c JOIN t IN c.tags',
    'SELECT DISTINCT c.city FROM c',
    'SELECT DISTINCT VALUE c.customer FROM c ORDER BY c.customer',
    'SELECT VALUE COUNT(1) FROM c',
    'SELECT VALUE SUM(c.n) FROM c WHERE c.n > 5',
    'SELECT VALUE AVG(c.n) FROM c',
    'SELECT VALUE MIN(c.n) FROM c WHERE c.n > 3',
    'SELECT VALUE MAX(c.city) FROM c',
    'SELECT COUNT(1) AS count, MAX(c.n) AS most, AVG(c.n) AS mean FROM c',
    'SELECT c.city, COUNT(1) AS count, SUM(c.n) AS sum FROM c GROUP BY c.city',
    'SELECT VALUE c.customer FROM c GROUP BY c.customer',
    'SELECT VALUE COUNT(1) FROM c GROUP BY c.city',
    'SELECT c.id FROM c WHERE EXISTS(SELECT VALUE t FROM t IN c.tags WHERE t = "round")',
  )
  const size = fc.constantFrom(1, 3, 7, 100)
  await fc.assert(
    fc.asyncProperty(query, size, async (text, size) => {
      const wanted = bag(await all(one.container, text, size))
      t.ok(wanted.length > 0, text)
      t.same(bag(await all(four.container, text, size)), wanted, text)
      t.same(bag(await all(split.container, text, size)), wanted, text)
    }),
    { numRuns: 24 },
  )
})

t.test('aggregates over partitions are what a program makes of all items', async t => {
  const { container } = await openShop(t, { throughput: 40_000 })
  t.same(await all(container, 'SELECT VALUE COUNT(1) FROM c'), [0], 'of no items')
  t.same(await all(container, 'SELECT VALUE SUM(c.n) FROM c'), [0])
  t.same(await all(container, 'SELECT VALUE AVG(c.n) FROM c'), [])
  t.same(await all(container, 'SELECT VALUE MIN(c.n) FROM c'), [])
  await container.items.create({ ...orders[3] } as Order)
  t.same(await all(container, 'SELECT VALUE MAX(c.n) FROM c'), [orders[3]?.n], 'most are empty')
  await container.item('i03', 'c3').delete()
  await fill(container)
  t.same(await all(container, 'SELECT VALUE COUNT(1) FROM c'), [orders.length])
  const sum = orders.reduce((total, { n }) => total + n, 0)
  t.same(await all(container, 'SELECT VALUE SUM(c.n) FROM c'), [sum])
  t.same(await all(container, 'SELECT VALUE AVG(c.n) FROM c'), [sum / orders.length])
  const groups = await all(container, 'SELECT c.city, COUNT(1) AS count FROM c GROUP BY c.city')
  const cities = [undefined, 'Bern', 'Basel', 'Chur'] as const
  t.same(
    bag(groups),
    bag(cities.map(city => ({ city, count: count(order => order.city === city) }))),
  )
})

t.test('sorted, paged and cut over partitions, the items are those of the whole', async t => {
  const { container } = await openShop(t, { throughput: 40_000 })
  await fill(container)
  const sorted = orders.map(({ n }) => n).toSorted((a, b) => a - b)
  const ns = async (query: string) => (await all(container, query)).map(({ n }) => n)
  t.same(await ns('SELECT c.n FROM c ORDER BY c.n'), sorted)
  t.same(await ns('SELECT c.n FROM c ORDER BY c.n DESC'), sorted.toReversed())
  t.same(await ns('SELECT TOP 7 c.n FROM c ORDER BY c.n'), sorted.slice(0, 7))
  t.same(await ns('SELECT c.n FROM c ORDER BY c.n OFFSET 11 LIMIT 13'), sorted.slice(11, 24))
  t.equal((await ns('SELECT TOP 9 c.n FROM c')).length, 9)
  t.equal((await ns('SELECT c.n FROM c OFFSET 50 LIMIT 30')).length, 10)
})

t.test('a page with a continuation token can be the last that a client reads for now', async t => {
  const { container } = await openShop(t, { throughput: 40_000 })
  await fill(container)
  for (const query of [
    'SELECT * FROM c ORDER BY c.n',
    'SELECT * FROM c ORDER BY c.city DESC',
    'SELECT * FROM c',
  ]) {
    const text = query.includes('city')
      ? query.replace('FROM c', 'FROM c WHERE IS_DEFINED(c.city)')
      : query
    const seen: Order[] = []
    let continuationToken: string | undefined
    do {
      const page: FeedResponse<Order> = await container.items
        .query<Order>(text, {
          enableQueryControl: true,
          maxItemCount: 8,
          continuationToken,
        } as object)
        .fetchNext()
      seen.push(...(page.resources ?? []))
      continuationToken = page.continuationToken
    } while (continuationToken)
    const wanted = text.includes('city') ? count(({ city }) => city !== undefined) : orders.length
    t.equal(seen.length, wanted, text)
    t.equal(new Set(seen.map(({ id }) => id)).size, wanted, text)
    if (text.endsWith('c.n'))
      t.same(
        seen.map(({ n }) => n),
        seen.map(({ n }) => n).toSorted((a, b) => a - b),
      )
  }
})

t.test('a plain query goes on behind its token, over a split and over writes', async t => {
  const { container, cosmos } = await openShop(t)
  await fill(container)
  const first = await container.items
    .query<Order>('SELECT * FROM c', { maxItemCount: 10 })
    .fetchNext()
  const seen = [...first.resources]
  cosmos.catalogue.container('shop', 'orders')?.ranges.split('0')
  await container.items.create({ id: 'late', customer: 'c1' })
  await container.item(seen[0]?.id ?? '', seen[0]?.customer).delete()
  let token: string | undefined = first.continuationToken
  while (token !== undefined) {
    const page: FeedResponse<Order> = await container.items
      .query<Order>('SELECT * FROM c', { maxItemCount: 10, continuationToken: token })
      .fetchNext()
    seen.push(...page.resources)
    token = page.continuationToken || undefined
  }
  t.same(seen.map(({ id }) => id).toSorted(), [...orders.map(({ id }) => id), 'late'].toSorted())
})

t.test('a sorted query goes on over a split, from its token', async t => {
  const { container, cosmos, client } = await openShop(t)
  await fill(container)
  const query = 'SELECT * FROM c ORDER BY c.n'
  const options = { enableQueryControl: true, maxItemCount: 10 } as const
  const first = await container.items.query<Order>(query, options).fetchNext()
  const seen = [...first.resources]
  cosmos.catalogue.container('shop', 'orders')?.ranges.split('0')
  // A client that knew the former partition would ask it forever (@azure/cosmos 4.10.1,
  // parallelQueryExecutionContextBase: a producer that meets 410 is queued again); a new one goes on.
  const later = client().database('shop').container('orders')
  let token: string | undefined = first.continuationToken
  while (token) {
    const page: FeedResponse<Order> = await later.items
      .query<Order>(query, { ...options, continuationToken: token })
      .fetchNext()
    seen.push(...(page.resources ?? []))
    token = page.continuationToken
  }
  t.same(
    seen.map(({ n }) => n),
    orders.map(({ n }) => n).toSorted((a, b) => a - b),
  )
})

t.test('one partition key is answered without a merge, whoever names it', async t => {
  const { container } = await openShop(t, { throughput: 40_000 })
  await fill(container)
  const mine = count(({ customer }) => customer === 'c3')
  const options = { partitionKey: 'c3', maxItemCount: 2 }
  const ask = async (query: string, more: object = options) =>
    (await container.items.query(query, more).fetchAll()).resources
  t.equal((await ask('SELECT * FROM c ORDER BY c.n')).length, mine)
  t.same(await ask('SELECT VALUE COUNT(1) FROM c'), [mine])
  t.equal((await ask('SELECT c.city, COUNT(1) AS count FROM c GROUP BY c.city')).length > 1, true)
  t.equal((await ask("SELECT * FROM c WHERE c.customer = 'c3' ORDER BY c.n", {})).length, mine)
  t.equal((await ask("SELECT TOP 2 * FROM c WHERE c.customer = 'c3'", {})).length, 2)
  t.same(await ask("SELECT VALUE COUNT(1) FROM c WHERE c.customer = 'c3'", {}), [mine])
})

t.test('what the gateway cannot answer alone it refuses with 1004, and the plan', async t => {
  const { endpoint, keys, container } = await openShop(t)
  await container.items.create({ id: 'a', customer: 'ann' })
  const link = 'dbs/shop/colls/orders'
  const ask = (query: string, more: Record<string, string>) =>
    raw(endpoint, {
      verb: 'POST',
      path: `/${link}/docs`,
      headers: {
        ...signed(keys.get('primary'), { verb: 'POST', type: 'docs', link }),
        'x-ms-documentdb-isquery': 'true',
        'content-type': 'application/query+json',
        ...more,
      },
      body: JSON.stringify({ query }),
    })
  const crossing = { 'x-ms-documentdb-query-enablecrosspartition': 'true' }
  const refused = await ask('SELECT * FROM c ORDER BY c.n', crossing)
  t.equal(refused.status, 400)
  t.equal(refused.headers['x-ms-substatus'], '1004')
  t.match(refused.body.message, /can not be directly served by the gateway/)
  t.match(JSON.parse(String(refused.body['additionalErrorInfo'])), {
    partitionedQueryExecutionInfoVersion: 2,
    queryInfo: { orderBy: ['Ascending'] },
  })
  t.equal((await ask('SELECT * FROM c', crossing)).status, 200)
  const disabled = await ask('SELECT * FROM c', {})
  t.equal(disabled.status, 400)
  t.match(disabled.body.message, /Cross partition query is required but disabled/)
  t.equal((await ask("SELECT * FROM c WHERE c.customer = 'ann'", {})).status, 200)
})

t.test('metrics are told where they are asked for, and every page has its charge', async t => {
  const { container } = await openShop(t)
  await fill(container)
  const options = { maxItemCount: 20, populateQueryMetrics: true }
  const page = await container.items.query('SELECT * FROM c WHERE c.n < 30', options).fetchNext()
  t.equal(page.resources.length, 20)
  t.ok(page.requestCharge > 0)
  t.match(page.activityId, /^[0-9a-f-]{36}$/)
})
