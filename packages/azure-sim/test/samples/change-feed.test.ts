import {
  ChangeFeedMode,
  type ChangeFeedPullModelIterator,
  ChangeFeedStartFrom,
  type Container,
  PartitionKeyDefinitionVersion,
  PartitionKeyKind,
  StatusCodes,
} from '@azure/cosmos'
import t from 'tap'
import { openContainer, startSample } from './support.ts'

const idsOf = (result: readonly { id: string }[] | undefined) => (result ?? []).map(({ id }) => id)

t.test('ChangeFeed: from a place, a time, the beginning and now, by the older call', async t => {
  const { database } = await startSample(t)
  const container = await openContainer(database, { partitionKey: { paths: ['/pk'] } })
  const pk = '0'
  await container.items.create({ id: '1', pk })
  const { headers } = await container.items.create({ id: '2', pk })
  await container.items.create({ id: '3', pk })
  const place = container.items.changeFeed(pk, { continuation: String(headers['lsn']) })
  const time = container.items.changeFeed(pk, { startTime: new Date(Date.now() - 60_000) })
  const beginning = container.items.changeFeed(pk, { startFromBeginning: true })
  const now = container.items.changeFeed(pk, {})
  const next = async (feed: typeof now) => idsOf((await feed.fetchNext()).result)
  t.same(await next(place), ['3'])
  t.same(await next(time), ['1', '2', '3'])
  t.same(await next(beginning), ['1', '2', '3'])
  t.same(await next(now), [])
  await container.items.create({ id: '4', pk })
  for (const feed of [place, time, beginning, now]) t.same(await next(feed), ['4'])
})

async function ingest(container: Container, from: number, to: number): Promise<void> {
  for (let n = from; n <= to; n++) {
    for (const name of ['sample1', 'sample2', 'sample3', 'sample4']) {
      await container.items.create({ id: `item${n}`, name, key: n })
    }
  }
}

/** Reads until nothing is new, as the samples do: how many there were, and where to go on. */
async function drain(iterator: ChangeFeedPullModelIterator<unknown>) {
  let count = 0
  for await (const page of iterator.getAsyncIterator()) {
    if (page.statusCode === StatusCodes.NotModified) {
      return { count, continuationToken: page.continuationToken }
    }
    count += page.result.length
  }
  throw new Error('A change feed never ends.')
}

t.test('ChangeFeedIteratorLatestVersion: container, partition key and range, and on', async t => {
  const { database } = await startSample(t)
  const partitionKey = { paths: ['/name'], version: PartitionKeyDefinitionVersion.V1 }
  const container = await openContainer(database, { partitionKey, throughput: 11_000 })
  const ranges = await container.getFeedRanges()
  t.equal(ranges.length, 2)
  let written = 0
  const starts = [
    { from: ChangeFeedStartFrom.Beginning(), share: 4 },
    { from: ChangeFeedStartFrom.Beginning('sample1'), share: 1 },
  ]
  for (const { from: changeFeedStartFrom, share } of starts) {
    await ingest(container, written + 1, written + 2)
    written += 2
    const first = await drain(
      container.items.getChangeFeedIterator({ maxItemCount: 1, changeFeedStartFrom }),
    )
    t.equal(first.count, written * share)
    await ingest(container, written + 1, written + 2)
    written += 2
    const onwards = ChangeFeedStartFrom.Continuation(first.continuationToken)
    const second = await drain(
      container.items.getChangeFeedIterator({ maxItemCount: 1, changeFeedStartFrom: onwards }),
    )
    t.equal(second.count, 2 * share)
  }
  const counts = await Promise.all(
    ranges.map(async range => {
      const changeFeedStartFrom = ChangeFeedStartFrom.Beginning(range)
      const options = { maxItemCount: 1, changeFeedStartFrom }
      return (await drain(container.items.getChangeFeedIterator(options))).count
    }),
  )
  t.equal(
    counts[0] === undefined || counts[1] === undefined ? 0 : counts[0] + counts[1],
    written * 4,
  )
})

t.test('ChangeFeedHierarchicalPartitionKey: one key of two levels', async t => {
  const { database } = await startSample(t)
  const partitionKey = {
    paths: ['/key1', '/key2'],
    version: PartitionKeyDefinitionVersion.V2,
    kind: PartitionKeyKind.MultiHash,
  }
  const container = await openContainer(database, { partitionKey, throughput: 11_000 })
  const write = async (from: number) => {
    for (let n = from; n < from + 3; n++) {
      for (const key1 of [0, 1]) {
        for (const key2 of ['0', '1']) await container.items.create({ id: `s${n}`, key1, key2 })
      }
    }
  }
  await write(0)
  const changeFeedStartFrom = ChangeFeedStartFrom.Beginning([0, '0'])
  const options = { maxItemCount: 1, changeFeedStartFrom }
  const first = await drain(container.items.getChangeFeedIterator(options))
  t.equal(first.count, 3)
  await write(3)
  const onwards = ChangeFeedStartFrom.Continuation(first.continuationToken)
  const second = container.items.getChangeFeedIterator({ changeFeedStartFrom: onwards })
  t.equal((await drain(second)).count, 3)
})

t.test(
  'ChangeFeedIteratorAllVersionsAndDeletes: refused, as without continuous backup',
  async t => {
    const { database } = await startSample(t)
    const container = await openContainer(database, { partitionKey: { paths: ['/name'] } })
    const iterator = container.items.getChangeFeedIterator({
      maxItemCount: 1,
      changeFeedStartFrom: ChangeFeedStartFrom.Now(),
      changeFeedMode: ChangeFeedMode.AllVersionsAndDeletes,
    })
    await t.rejects(iterator.readNext(), { code: 400 })
  },
)
