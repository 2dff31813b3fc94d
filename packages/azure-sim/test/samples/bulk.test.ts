import {
  BulkOperationType,
  type Container,
  type OperationInput,
  PartitionKeyBuilder,
  PartitionKeyKind,
  type PatchOperation,
  PatchOperationType,
} from '@azure/cosmos'
import t from 'tap'
import { openContainer, startSample } from './support.ts'

async function fill(container: Container): Promise<void> {
  await container.items.create({ id: 'read', key: true, class: '2010' })
  await container.items.create({ id: 'delete', key: {}, class: '2011' })
  await container.items.create({ id: 'replace', key: 5, class: '2012' })
  await container.items.create({ id: 'patch', key: 5, class: '2019' })
}

const great = [{ op: PatchOperationType.add, path: '/great', value: 'goodValue' }] as const

const oneOfEach = (): OperationInput[] => [
  {
    operationType: BulkOperationType.Create,
    partitionKey: 'A',
    resourceBody: { id: 'doc1', name: 'sample', key: 'A' },
  },
  {
    operationType: BulkOperationType.Upsert,
    partitionKey: 'U',
    resourceBody: { id: 'doc2', name: 'other', key: 'U' },
  },
  { operationType: BulkOperationType.Read, id: 'read', partitionKey: true },
  { operationType: BulkOperationType.Delete, id: 'delete', partitionKey: {} },
  {
    operationType: BulkOperationType.Replace,
    partitionKey: 5,
    id: 'replace',
    resourceBody: { id: 'replace', name: 'nice', key: 5 },
  },
  {
    operationType: BulkOperationType.Patch,
    partitionKey: 5,
    id: 'patch',
    resourceBody: { operations: [...great] },
  },
]

const threePartitions = { partitionKey: { paths: ['/key'], version: 2 }, throughput: 25_100 }

t.test('Bulk: one call, one operation of each kind, over three partitions', async t => {
  const { database } = await startSample(t)
  const container = await openContainer(database, threePartitions)
  await fill(container)
  const response = await container.items.bulk(oneOfEach())
  t.same(
    response.map(({ statusCode }) => statusCode),
    [201, 201, 200, 204, 200, 200],
  )
  t.equal(response[2]?.resourceBody?.['class'], '2010')
  t.match((await container.item('patch', 5).read()).resource, { great: 'goodValue', class: '2019' })
  t.equal((await container.item('delete', {} as never).read()).statusCode, 404)
})

t.test('ExecuteBulkOperations: the same, by the newer call', async t => {
  const { database } = await startSample(t)
  const container = await openContainer(database, threePartitions)
  await fill(container)
  const results = await container.items.executeBulkOperations(oneOfEach())
  t.same(
    results.map(({ response, error }) => response?.statusCode ?? error?.code),
    [201, 201, 200, 204, 200, 200],
  )
})

t.test('HierarchicalPartitioning: keys of two levels, one of them none or null', async t => {
  const { database } = await startSample(t)
  const partitionKey = {
    paths: ['/name', '/address/zip'],
    version: 2,
    kind: PartitionKeyKind.MultiHash,
  }
  const container = await openContainer(database, { partitionKey, throughput: 400 })
  await container.items.create({
    id: 'item1',
    name: 'item1',
    address: { zip: 23 },
    removable: 'prev',
  })
  await container.items.create({ id: 'item2', name: 'item2' })
  await container.items.create({ id: 'item3', name: 'item3', address: { zip: null } })
  const both = new PartitionKeyBuilder().addValue('item1').addValue(23).build()
  const none = new PartitionKeyBuilder().addValue('item2').addNoneValue().build()
  const zero = new PartitionKeyBuilder().addValue('item3').addNullValue().build()
  t.equal((await container.item('item1', both).read()).resource?.removable, 'prev')
  t.equal((await container.item('item2', none).read()).statusCode, 200)
  t.equal((await container.item('item3', zero).read()).statusCode, 200)
  const operations: PatchOperation[] = [
    { op: 'add', path: '/laster', value: 'c' },
    { op: 'replace', path: '/removable', value: 'b' },
  ]
  const patched = await container.item('item1', both).patch(operations)
  t.match(patched.resource, { laster: 'c', removable: 'b' })
  const response = await container.items.bulk([
    {
      operationType: BulkOperationType.Create,
      resourceBody: { id: 'item3', name: 'sample', address: { zip: 345 } },
    },
    {
      operationType: BulkOperationType.Upsert,
      resourceBody: { id: 'item1', name: 'item1', newValue: 'newvalue', address: { zip: 23 } },
    },
    { operationType: BulkOperationType.Read, id: 'item2', partitionKey: none },
    { operationType: BulkOperationType.Delete, id: 'item1', partitionKey: both },
    {
      operationType: BulkOperationType.Replace,
      partitionKey: zero,
      id: 'item3',
      resourceBody: { id: 'item3', name: 'item3', key: 5, address: { zip: null } },
    },
  ])
  t.same(
    response.map(({ statusCode }) => statusCode),
    [201, 200, 200, 204, 200],
  )
})
