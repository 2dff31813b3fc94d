import { ChangeFeedStartFrom, type Container } from '@azure/cosmos'
import t from 'tap'
import { startOf } from '../../src/cosmos/documents/change-feed.ts'
import { openShop } from './support/shop.ts'

const next = async (feed: ReturnType<Container['items']['getChangeFeedIterator']>) => {
  const { statusCode, result, continuationToken } = await feed.readNext()
  return { statusCode, ids: (result ?? []).map(({ id }) => id), continuationToken }
}

const fill = async (container: Container) => {
  for (const [id, customer] of [
    ['a', 'ann'],
    ['b', 'bob'],
    ['c', 'ann'],
  ]) {
    await container.items.create({ id, customer })
  }
}

t.test('from now on, only what comes later is seen', async t => {
  const { container } = await openShop(t)
  await fill(container)
  const feed = container.items.getChangeFeedIterator({
    changeFeedStartFrom: ChangeFeedStartFrom.Now(),
  })
  t.match(await next(feed), { statusCode: 304, ids: [] })
  await container.items.upsert({ id: 'b', customer: 'bob', n: 1 })
  t.match(await next(feed), { statusCode: 200, ids: ['b'] })
  t.match(await next(feed), { statusCode: 304, ids: [] })
})

t.test('from a time on, what was written before it is left out', async t => {
  const { container, clock } = await openShop(t)
  await fill(container)
  clock.offsetMs = 60_000
  await container.items.create({ id: 'late', customer: 'ann' })
  const at = new Date(Date.now() + 30_000)
  const feed = container.items.getChangeFeedIterator({
    changeFeedStartFrom: ChangeFeedStartFrom.Time(at),
  })
  t.match(await next(feed), { statusCode: 200, ids: ['late'] })
})

t.test('one logical partition has a change feed of its own', async t => {
  const { container } = await openShop(t)
  await fill(container)
  const changeFeedStartFrom = ChangeFeedStartFrom.Beginning('ann')
  const feed = container.items.getChangeFeedIterator({ changeFeedStartFrom, maxItemCount: 1 })
  t.match(await next(feed), { statusCode: 200, ids: ['a'] })
  const second = await next(feed)
  t.match(second, { statusCode: 200, ids: ['c'] })
  const again = container.items.getChangeFeedIterator({
    changeFeedStartFrom: ChangeFeedStartFrom.Continuation(second.continuationToken),
  })
  t.match(await next(again), { statusCode: 304, ids: [] })
  await container.items.create({ id: 'd', customer: 'ann' })
  t.match(await next(again), { statusCode: 200, ids: ['d'] })
})

t.test('each feed range has its share, and together they have everything', async t => {
  const { container } = await openShop(t, { throughput: 30_000 })
  const wanted = Array.from({ length: 40 }, (_, n) => `i${String(n).padStart(2, '0')}`)
  for (const id of wanted) await container.items.create({ id, customer: `c-${id}` })
  const ranges = await container.getFeedRanges()
  t.equal(ranges.length, 3, 'one for each 10,000 RU/s')
  const seen: string[] = []
  for (const range of ranges) {
    const changeFeedStartFrom = ChangeFeedStartFrom.Beginning(range)
    const feed = container.items.getChangeFeedIterator({ changeFeedStartFrom })
    const { ids } = await next(feed)
    t.ok(ids.length > 3, `${ids.length} of 40`)
    seen.push(...ids)
  }
  t.same(seen.toSorted(), wanted)
})

t.test('a document that changed twice is told once, and the order is that of changes', async t => {
  const { container } = await openShop(t)
  await fill(container)
  await container.items.upsert({ id: 'a', customer: 'ann', n: 1 })
  await container.item('b', 'bob').delete()
  const feed = container.items.getChangeFeedIterator({
    changeFeedStartFrom: ChangeFeedStartFrom.Beginning(),
  })
  t.match(await next(feed), { ids: ['c', 'a'] })
})

t.test('the changes of one batch are never divided between pages', async t => {
  const { container } = await openShop(t)
  await container.items.batch(
    ['x', 'y', 'z'].map(id => ({
      operationType: 'Create' as const,
      resourceBody: { id, customer: 'ann' },
    })),
    'ann',
  )
  await container.items.create({ id: 'after', customer: 'ann' })
  const feed = container.items.getChangeFeedIterator({
    changeFeedStartFrom: ChangeFeedStartFrom.Beginning(),
    maxItemCount: 1,
  })
  t.match(await next(feed), { ids: ['x', 'y', 'z'] })
  t.match(await next(feed), { ids: ['after'] })
})

t.test('a split in the middle of a feed loses nothing and repeats nothing', async t => {
  const { container, cosmos } = await openShop(t)
  const feed = container.items.getChangeFeedIterator({
    changeFeedStartFrom: ChangeFeedStartFrom.Beginning(),
    maxItemCount: 4,
  })
  for (let n = 0; n < 20; n++) await container.items.create({ id: `i${n}`, customer: `c${n}` })
  const seen = [...(await next(feed)).ids]
  t.ok(cosmos.catalogue.container('shop', 'orders')?.ranges.split('0'))
  for (let n = 20; n < 30; n++) await container.items.create({ id: `i${n}`, customer: `c${n}` })
  for (;;) {
    const page = await next(feed)
    if (page.statusCode === 304) break
    seen.push(...page.ids)
  }
  t.equal(seen.length, 30)
  t.equal(new Set(seen).size, 30)
})

t.test('a place that no answer ever told is refused, and is not the beginning', async t => {
  t.throws(() => startOf('"nowhere"', undefined), {
    message: /of the change feed is invalid/,
  })
  t.same(startOf('"12"', undefined), { from: 'lsn', lsn: 12 })
  t.same(startOf(undefined, undefined), { from: 'beginning' })
})
