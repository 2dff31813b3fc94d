import { all, refused, row, type Scene } from '../row.ts'

const queries = {
  everything: 'SELECT * FROM c',
  order: 'SELECT c.id, c.n FROM c WHERE IS_NUMBER(c.n) ORDER BY c.n DESC',
  aggregate: 'SELECT VALUE COUNT(1) FROM c',
  group: 'SELECT c.pk, SUM(c.n) AS sum FROM c GROUP BY c.pk',
  distinct: 'SELECT DISTINCT VALUE c.pk FROM c',
  window: 'SELECT c.id FROM c ORDER BY c.id OFFSET 1 LIMIT 2',
  top: 'SELECT TOP 2 c.id FROM c WHERE IS_NUMBER(c.n) ORDER BY c.n',
} as const

const iterator = ({ container }: Scene, query: string = queries.order) =>
  container.items.query(query, { maxItemCount: 2 })

export const queryRows = [
  ...Object.entries(queries).map(([name, query]) =>
    row('Items.query', `across partitions: ${name}`, ({ container }) =>
      container.items.query(query, { maxItemCount: 2 }).fetchAll(),
    ),
  ),
  row('Items.query', 'in one partition, with parameters and metrics', ({ container }) =>
    container.items
      .query(
        { query: 'SELECT * FROM c WHERE c.n >= @n', parameters: [{ name: '@n', value: 0 }] },
        { partitionKey: 'p', populateQueryMetrics: true, populateIndexMetrics: true },
      )
      .fetchAll(),
  ),
  row('Items.query', 'goes on from a continuation', async ({ container }) => {
    const options = { partitionKey: 'p', maxItemCount: 1 }
    const { continuationToken } = await container.items
      .query(queries.everything, options)
      .fetchNext()
    return container.items.query(queries.everything, { ...options, continuationToken }).fetchNext()
  }),
  refused('Items.query', 'is told of a mistake', ({ container }) =>
    container.items.query('SELECT FROM WHERE').fetchAll(),
  ),
  refused('Items.query', 'is told of a container that is missing', ({ database }) =>
    database.container('missing').items.query(queries.everything).fetchAll(),
  ),
  row('Items.readAll', 'reads all', ({ container }) => container.items.readAll().fetchAll()),
  row('QueryIterator.fetchAll', 'reads to the end', scene => iterator(scene).fetchAll()),
  row('QueryIterator.fetchNext', 'reads by pages', async scene => {
    const pages = iterator(scene)
    return [await pages.fetchNext(), await pages.fetchNext()]
  }),
  row('QueryIterator.hasMoreResults', 'knows its end', async scene => {
    const pages = iterator(scene, queries.aggregate)
    const before = pages.hasMoreResults()
    const answer = await pages.fetchAll()
    return { before, answer, after: pages.hasMoreResults() }
  }),
  row('QueryIterator.getAsyncIterator', 'is iterated', scene =>
    all(iterator(scene).getAsyncIterator()),
  ),
  row('QueryIterator.reset', 'begins again', async scene => {
    const pages = iterator(scene)
    const first = await pages.fetchNext()
    pages.reset()
    return [first, await pages.fetchNext()]
  }),
]
