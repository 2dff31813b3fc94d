import { BulkOperationType, ChangeFeedStartFrom, type OperationInput } from '@azure/cosmos'
import { all, type Row, row, type Scene } from '../row.ts'

/** Enough pages to see all that is there: a change feed has no end. */
const pages = async (
  read: () => Promise<{ statusCode?: number | undefined }>,
): Promise<unknown[]> => {
  const answers: unknown[] = []
  for (let page = 0; page < 20; page += 1) {
    const answer = await read()
    answers.push(answer)
    if (answer.statusCode === 304) break
  }
  return answers
}

const fromBeginning = { changeFeedStartFrom: ChangeFeedStartFrom.Beginning(), maxItemCount: 3 }

const pull = ({ container }: Scene) => container.items.getChangeFeedIterator(fromBeginning)

const legacy = ({ container }: Scene) =>
  container.items.changeFeed('p', { startFromBeginning: true, maxItemCount: 2 })

/** Made anew each time: the SDK writes into them. */
const operations = (): OperationInput[] => [
  {
    operationType: BulkOperationType.Create,
    partitionKey: 'b',
    resourceBody: { id: 'b1', pk: 'b' },
  },
  {
    operationType: BulkOperationType.Upsert,
    partitionKey: 'b',
    resourceBody: { id: 'b2', pk: 'b' },
  },
  { operationType: BulkOperationType.Read, partitionKey: 'b', id: 'b1' },
  {
    operationType: BulkOperationType.Create,
    partitionKey: 'b',
    resourceBody: { id: 'b1', pk: 'b' },
  },
  {
    operationType: BulkOperationType.Patch,
    partitionKey: 'b',
    id: 'b2',
    resourceBody: { operations: [{ op: 'set', path: '/n', value: 1 }] },
  },
  { operationType: BulkOperationType.Delete, partitionKey: 'b', id: 'b1' },
]

/** The newer change feed, which has a class of its own that is no export. */
const pullRows = (of: string, changeFeedStartFrom: ChangeFeedStartFrom): Row[] => {
  const open = ({ container }: Scene) =>
    container.items.getChangeFeedIterator({ changeFeedStartFrom, maxItemCount: 3 })
  return [
    row('ChangeFeedIteratorBuilder.hasMoreResults', `knows no end ${of}`, async scene => {
      const feed = open(scene)
      await feed.readNext()
      return feed.hasMoreResults
    }),
    row('ChangeFeedIteratorBuilder.readNext', `reads by pages ${of}`, scene => {
      const feed = open(scene)
      return pages(() => feed.readNext())
    }),
    row('ChangeFeedIteratorBuilder.getAsyncIterator', `is iterated ${of}`, scene => {
      const feed = open(scene).getAsyncIterator()[Symbol.asyncIterator]()
      return pages(async () => (await feed.next()).value ?? { statusCode: 304 })
    }),
  ]
}

export const feedRows = [
  row('Items.bulk', 'runs several, of which one fails', ({ container }) =>
    container.items.bulk(operations(), { continueOnError: true }),
  ),
  row('Items.executeBulkOperations', 'runs several, of which some fail', ({ container }) =>
    container.items.executeBulkOperations(operations()),
  ),
  row('Items.batch', 'runs several as one', ({ container }) =>
    container.items.batch(
      [
        { operationType: 'Create', resourceBody: { id: 'x1', pk: 'x' } },
        { operationType: 'Upsert', resourceBody: { id: 'x2', pk: 'x' } },
        { operationType: 'Read', id: 'x1' },
      ],
      'x',
    ),
  ),
  row('Items.batch', 'undoes all where one fails', ({ container }) =>
    container.items.batch(
      [
        { operationType: 'Create', resourceBody: { id: 'x3', pk: 'x' } },
        { operationType: 'Create', resourceBody: { id: 'x1', pk: 'x' } },
      ],
      'x',
    ),
  ),

  row('Items.changeFeed', 'reads the changes of a partition', async scene =>
    pages(() => legacy(scene).fetchNext()),
  ),
  row('Items.readChangeFeed', 'is its older name', ({ container }) =>
    container.items.readChangeFeed('p', { startFromBeginning: true }).fetchNext(),
  ),
  row('ChangeFeedIterator.fetchNext', 'reads by pages', scene => {
    const feed = legacy(scene)
    return pages(() => feed.fetchNext())
  }),
  row('ChangeFeedIterator.hasMoreResults', 'knows its end', async scene => {
    const feed = legacy(scene)
    const before = feed.hasMoreResults
    await pages(() => feed.fetchNext())
    return { before, after: feed.hasMoreResults }
  }),
  row('ChangeFeedIterator.getAsyncIterator', 'is iterated', scene =>
    all(legacy(scene).getAsyncIterator()),
  ),

  row('Items.getChangeFeedIterator', 'of a container', scene => {
    const feed = pull(scene)
    return pages(() => feed.readNext())
  }),
  row('Items.getChangeFeedIterator', 'of a partition, and goes on', async ({ container }) => {
    const start = ChangeFeedStartFrom.Beginning('p')
    const feed = container.items.getChangeFeedIterator({
      changeFeedStartFrom: start,
      maxItemCount: 2,
    })
    const first = await feed.readNext()
    const next = ChangeFeedStartFrom.Continuation(first.continuationToken)
    return [
      first,
      await container.items.getChangeFeedIterator({ changeFeedStartFrom: next }).readNext(),
    ]
  }),
  row('Items.getChangeFeedIterator', 'of a feed range', async ({ container }) => {
    const [range] = await container.getFeedRanges()
    if (range === undefined) throw new Error('a container has no feed range')
    const start = ChangeFeedStartFrom.Beginning(range)
    return container.items.getChangeFeedIterator({ changeFeedStartFrom: start }).readNext()
  }),
  ...pullRows('of a container', ChangeFeedStartFrom.Beginning()),
  ...pullRows('of a partition', ChangeFeedStartFrom.Beginning('p')),
]
