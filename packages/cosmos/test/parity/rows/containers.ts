import type { ContainerDefinition } from '@azure/cosmos'
import { refused, row } from '../row.ts'

const definition = { id: 'items', partitionKey: { paths: ['/pk'] } }

export const containerRows = [
  row('Containers.create', 'creates one', ({ database }) =>
    database.containers.create({ ...definition, defaultTtl: -1, throughput: 12_000 }),
  ),
  refused('Containers.create', 'is told of a conflict', ({ database }) =>
    database.containers.create(definition),
  ),
  row('Containers.create', 'refuses an index policy that is none', ({ database }) =>
    database.containers.create({
      id: 'wrong',
      indexingPolicy: { indexingMode: 'sometimes' } as never,
    }),
  ),
  row(
    'Containers.create',
    'keeps unique keys, keys of several levels and defaults',
    async scene => {
      const { containers } = scene.database
      const hierarchical = {
        id: 'levels',
        partitionKey: { paths: ['/a', '/b'], kind: 'MultiHash' },
      }
      return [
        await containers.create({
          id: 'unique',
          uniqueKeyPolicy: { uniqueKeys: [{ paths: ['/u'] }] },
        }),
        await containers
          .create(hierarchical as ContainerDefinition)
          .catch((error: unknown) => error),
        await containers.create({ id: 'passing', partitionKey: '/pk' }),
      ]
    },
  ),
  row('Containers.createIfNotExists', 'finds one', ({ database }) =>
    database.containers.createIfNotExists(definition),
  ),
  row('Containers.createIfNotExists', 'creates one', ({ database }) =>
    database.containers.createIfNotExists({ id: 'found', partitionKey: '/pk' }),
  ),
  row('Containers.readAll', 'lists all', ({ database }) =>
    database.containers.readAll().fetchAll(),
  ),
  row('Containers.readAll', 'lists by pages', ({ database }) =>
    database.containers.readAll({ maxItemCount: 2 }).fetchAll(),
  ),
  row('Containers.query', 'finds by a query', ({ database }) =>
    database.containers
      .query({
        query: 'SELECT * FROM root r WHERE r.id = @id',
        parameters: [{ name: '@id', value: 'items' }],
      })
      .fetchAll(),
  ),

  row('Container.items', 'refers to its items', ({ container }) => container.items),
  row('Container.scripts', 'refers to its scripts', ({ container }) => container.scripts),
  row('Container.conflicts', 'refers to its conflicts', ({ container }) => container.conflicts),
  row('Container.url', 'has a link', ({ container }) => container.url),
  row('Container.item', 'refers to an item', ({ container }) => container.item('1', 'p')),
  row('Container.conflict', 'refers to a conflict', ({ container }) => container.conflict('x')),
  row('Container.read', 'reads one', ({ container }) => container.read()),
  row('Container.read', 'tells how full it is', ({ container }) =>
    container.read({ populateQuotaInfo: true }),
  ),
  refused('Container.read', 'is told of one that is missing', ({ database }) =>
    database.container('missing').read(),
  ),
  row('Container.replace', 'changes one', ({ container }) =>
    container.replace({ ...definition, defaultTtl: 3_600 }),
  ),
  refused('Container.replace', 'is refused another partition key', ({ container }) =>
    container.replace({ ...definition, partitionKey: { paths: ['/other'] } }),
  ),
  row('Container.getPartitionKeyDefinition', 'reads its partition key', ({ container }) =>
    container.getPartitionKeyDefinition(),
  ),
  row('Container.readOffer', 'reads its throughput', ({ container }) => container.readOffer()),
  row('Container.readOffer', 'finds none of its own', ({ database }) =>
    database.container('found').readOffer(),
  ),
  row('Container.readPartitionKeyRanges', 'lists its ranges', ({ container }) =>
    container.readPartitionKeyRanges().fetchAll(),
  ),
  row('Container.getFeedRanges', 'lists its feed ranges', ({ container }) =>
    container.getFeedRanges(),
  ),
  row('Container.getQueryPlan', 'has a query planned', ({ container }) =>
    container.getQueryPlan('SELECT * FROM c ORDER BY c.n'),
  ),
  refused('Container.semanticRerank', 'needs an identity', ({ container }) =>
    Reflect.apply(container.semanticRerank, container, ['query', ['document'], {}]),
  ),
  row('Container.delete', 'deletes one', ({ database }) => database.container('passing').delete()),
  refused('Container.delete', 'is told that it is gone', ({ database }) =>
    database.container('passing').delete(),
  ),
]
