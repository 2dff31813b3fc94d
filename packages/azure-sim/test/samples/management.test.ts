import {
  DataType,
  IndexKind,
  VectorEmbeddingDataType,
  VectorEmbeddingDistanceFunction,
  VectorIndexType,
} from '@azure/cosmos'
import t from 'tap'
import { families, openContainer, startSample } from './support.ts'

t.test('DatabaseManagement: a database is created, found, read and deleted', async t => {
  const { client } = await startSample(t)
  const again = await client.databases.createIfNotExists({ id: 'SampleDB' })
  t.equal(again.statusCode, 200, 'it exists')
  const { resources } = await client.databases.readAll().fetchAll()
  t.same(
    resources.map(({ id }) => id),
    ['SampleDB'],
  )
  const { resource } = await client.database('SampleDB').read()
  t.match(resource, { id: 'SampleDB', _rid: String, _self: /^dbs\// })
  t.equal((await client.database('SampleDB').delete()).statusCode, 204)
  await t.rejects(client.database('SampleDB').read(), { code: 404 })
})

t.test('ContainerManagement: containers are created with all their policies', async t => {
  const { database } = await startSample(t)
  const container = await openContainer(database)
  const { resources } = await database.containers.readAll().fetchAll()
  t.equal(resources.length, 1)
  const { resource: definition } = await container.read()
  t.match(definition, {
    id: 'Sample',
    indexingPolicy: {
      indexingMode: 'consistent',
      automatic: true,
      includedPaths: [{ path: '/*' }],
    },
  })
  t.equal((await container.delete()).statusCode, 204)

  const query = (name: string) =>
    `SELECT VALUE ${name}(IS_DEFINED(c.lastName) ? c.lastName : c.parents[0].familyName) FROM c`
  const lower = { name: 'lowerLastName', query: query('LOWER') }
  const computed = await openContainer(database, { computedProperties: [lower] })
  for (const family of families) await computed.items.create({ ...family })
  const names = await computed.items.query('SELECT c.lowerLastName FROM c').fetchAll()
  t.same(names.resources, [{ lowerLastName: 'andersen' }, { lowerLastName: 'wakefield' }])
  const { resource: whole } = await computed.items
    .query('SELECT * FROM c')
    .fetchAll()
    .then(({ resources: [resource] }) => ({ resource }))
  t.notOk('lowerLastName' in whole, 'SELECT * leaves computed properties out')
  const { resource: before } = await computed.read()
  const upper = { name: 'upperLastName', query: query('UPPER') }
  await computed.replace({ ...before, id: 'Sample', computedProperties: [upper] })
  const sorted = await computed.items
    .query('SELECT VALUE c.upperLastName FROM c ORDER BY c.upperLastName DESC')
    .fetchAll()
  t.same(sorted.resources, ['WAKEFIELD', 'ANDERSEN'])

  const vectorEmbeddingPolicy = {
    vectorEmbeddings: [
      {
        path: '/vector1',
        dataType: VectorEmbeddingDataType.UInt8,
        dimensions: 1000,
        distanceFunction: VectorEmbeddingDistanceFunction.Euclidean,
      },
    ],
  }
  const indexingPolicy = {
    automatic: true,
    indexingMode: 'consistent',
    compositeIndexes: [
      [
        { path: '/numberField', order: 'ascending' },
        { path: '/stringField', order: 'descending' },
      ],
    ],
    spatialIndexes: [{ path: '/location/*', types: ['Point', 'Polygon'] }],
    vectorIndexes: [{ path: '/vector1', type: VectorIndexType.Flat }],
  } as const
  const partitionKey = { paths: ['/id'] }
  const vectors = await database.containers.createIfNotExists({
    id: 'ContainerWithVectorPolicy',
    partitionKey,
    indexingPolicy: structuredClone(indexingPolicy) as never,
    vectorEmbeddingPolicy,
  })
  t.match(vectors.resource, { indexingPolicy, vectorEmbeddingPolicy })
  const fullTextPolicy = {
    defaultLanguage: 'en-US',
    fullTextPaths: [{ path: '/text1', language: 'en-US' }],
  }
  const texts = await database.containers.createIfNotExists({
    id: 'ContainerWithFTSPolicy',
    partitionKey,
    fullTextPolicy,
    indexingPolicy: { automatic: true, fullTextIndexes: [{ path: '/text1' }] },
  })
  t.match(texts.resource, { fullTextPolicy })
})

t.test('IndexManagement: what is left out of the index is not found, and still read', async t => {
  const { database } = await startSample(t)
  const container = await openContainer(database)
  const { resource: definition } = await container.read()
  const partitionKey = definition?.partitionKey
  const { item } = await container.items.create({ id: 'item1', foo: 'bar' }, {
    indexingDirective: 'exclude',
  } as never)
  const spec = {
    query: 'SELECT * FROM root r WHERE r.foo=@foo',
    parameters: [{ name: '@foo', value: 'bar' }],
  }
  const found = async () => (await container.items.query(spec).fetchAll()).resources
  t.same(await found(), [])
  t.equal((await item.read()).resource?.foo, 'bar')

  await container.replace({ id: 'Sample', partitionKey, indexingPolicy: { automatic: false } })
  await container.items.create({ id: 'item2', foo: 'bar' }, {
    indexingDirective: 'include',
  } as never)
  await container.items.create({ id: 'unasked', foo: 'bar' })
  t.match(await found(), [{ id: 'item2' }])

  const indexes = [
    { kind: IndexKind.Range, dataType: DataType.String },
    { kind: IndexKind.Range, dataType: DataType.Number },
  ]
  const indexingPolicy = { includedPaths: [{ path: '/*', indexes }] }
  await container.replace({ id: 'Sample', partitionKey, indexingPolicy })
  t.match((await container.read()).resource, {
    indexingPolicy: { ...indexingPolicy, automatic: true },
  })
  await container.items.create({ id: 'item3', stringField: 'a string value' })
  const range = container.items.query(
    {
      query: 'SELECT * FROM root r WHERE r.stringField > @value',
      parameters: [{ name: '@value', value: 'a' }],
    },
    { enableScanInQuery: true },
  )
  const { resources, requestCharge } = await range.fetchNext()
  t.match(resources, [{ id: 'item3' }])
  t.ok(requestCharge > 0)
})

t.test(
  'AlterQueryThroughput, QueryThroughput: offers are found, changed, and queries run',
  async t => {
    const { client, database } = await startSample(t)
    const container = await openContainer(database)
    const { resources: offers } = await client.offers.readAll().fetchAll()
    const { resource: definition } = await container.read()
    const own = offers.find(({ offerResourceId }) => offerResourceId === definition?._rid)
    t.equal(own?.content?.offerThroughput, 400)
    await client.offer(own?.id ?? '').replace({
      ...own,
      content: { offerThroughput: 700, offerIsRUPerMinuteThroughputEnabled: false },
      offerVersion: 'V2',
    } as never)
    t.equal((await container.readOffer()).resource?.content?.offerThroughput, 700)

    for (let n = 0; n < 30; n++) await container.items.create({ id: `i${n}` })
    const options = { maxItemCount: 10_000, maxDegreeOfParallelism: 1_000, bufferItems: true }
    const counts: number[] = []
    for (const query of [
      'Select * from c order by c._ts',
      'Select * from c',
      'Select value count(c.id) from c',
    ]) {
      const iterator = container.items.query(query, options)
      let count = 0
      while (iterator.hasMoreResults()) count += (await iterator.fetchNext()).resources?.length ?? 0
      counts.push(count)
    }
    t.same(counts, [30, 30, 1])
  },
)
