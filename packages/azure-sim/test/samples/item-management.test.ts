import type { PatchOperation } from '@azure/cosmos'
import t from 'tap'
import { families, openContainer, startSample } from './support.ts'

t.test('ItemManagement: items are created, read, queried, replaced, patched, deleted', async t => {
  const { database } = await startSample(t)
  const container = await openContainer(database)
  const created = await Promise.all(families.map(family => container.items.create({ ...family })))
  t.same(
    created.map(({ statusCode }) => statusCode),
    [201, 201],
  )
  const { resources: listed } = await container.items.readAll().fetchAll()
  t.equal(listed.length, 2)

  const item = container.item('AndersenFamily', undefined)
  const { resource: read } = await item.read()
  t.match(read, { id: 'AndersenFamily', _etag: /^"/, _rid: String, _ts: Number })
  const unchanged = { accessCondition: { type: 'IfNoneMatch', condition: read._etag } }
  const again = await item.read(unchanged)
  t.equal(again.statusCode, 304)
  t.notOk(again.resource, 'no body')
  await item.replace({ ...read, foo: 'bar' })
  t.equal((await item.read(unchanged)).resource?.foo, 'bar', 'the etag is another now')

  const query = 'SELECT * FROM Families f WHERE  f.lastName = @lastName'
  const spec = { query, parameters: [{ name: '@lastName', value: 'Andersen' }] }
  const { resources: found } = await container.items.query(spec).fetchAll()
  t.equal(found.length, 1)
  const [person] = found
  person.children.push({ firstName: 'Newborn', fingers: 10 })
  person.lastName = 'Updated Family'
  const { resource: upserted } = await container.items.upsert(person)
  t.match(upserted, { lastName: 'Updated Family', children: { length: 2 } })

  await item.replace({ ...person, foo: 'bar' })
  const stale = { accessCondition: { type: 'IfMatch', condition: person._etag } }
  await t.rejects(item.replace({ ...person, foo: 'never' }, stale), { code: 412 })

  const second = listed.find(({ id }) => id === 'WakefieldFamily')
  t.equal((await container.items.upsert({ ...second, foo: 'baz' })).statusCode, 200)
  t.equal((await container.items.upsert({ ...second, id: 'HazzardFamily' })).statusCode, 201)

  const one: PatchOperation[] = [{ op: 'replace', path: '/lastName', value: 'Martin' }]
  t.equal((await item.patch(one)).resource?.lastName, 'Martin')
  const several: PatchOperation[] = [
    { op: 'add', path: '/aka', value: 'MeFamily' },
    { op: 'replace', path: '/lastName', value: 'Jose' },
    { op: 'remove', path: '/parents' },
    { op: 'set', path: '/address/zip', value: 90_211 },
    { op: 'incr', path: '/address/zip', value: 5 },
  ]
  const patched = (await item.patch(several)).resource
  t.match(patched, { aka: 'MeFamily', lastName: 'Jose', address: { zip: 90_216 } })
  t.notOk('parents' in patched)
  const condition = 'from c where NOT IS_DEFINED(c.newImproved)'
  const operations: PatchOperation[] = [{ op: 'add', path: '/newImproved', value: 'it works' }]
  t.equal((await item.patch({ condition, operations })).resource?.newImproved, 'it works')
  await t.rejects(item.patch({ condition, operations }), { code: 412 }, 'it is there by now')

  t.equal((await item.delete()).statusCode, 204)
  t.equal((await item.read()).statusCode, 404)
})

t.test('Shared/handleError: errors carry what a program can tell them by', async t => {
  const { database } = await startSample(t)
  const container = await openContainer(database)
  await container.items.create({ id: 'a' })
  const error = await container.items.create({ id: 'a' }).catch((thrown: unknown) => thrown)
  t.match(error, { code: 409, activityId: String, body: { code: 'Conflict', message: String } })
  t.match((error as { headers: object }).headers, { 'x-ms-request-charge': String })
})

t.test('Diagnostics, PriorityLevel, ThroughputBucket: options that change no answer', async t => {
  const { database } = await startSample(t)
  const container = await openContainer(database)
  const options = { priorityLevel: 'Low', throughputBucket: 2 } as never
  const created = await container.items.create({ id: 'a' }, options)
  t.equal(created.statusCode, 201)
  const { diagnostics } = await container.item('a', undefined).read()
  t.equal(diagnostics.clientSideRequestStatistics.gatewayStatistics.at(-1)?.statusCode, 200)
  const { resources } = await container.items.query('SELECT * FROM c', options).fetchAll()
  t.equal(resources.length, 1)
})
