import t from 'tap'
import { openShop } from './support/shop.ts'

t.test('a write whose If-Match is out of date fails and changes nothing', async t => {
  const { container } = await openShop(t)
  const { etag } = await container.items.create({ id: 'a', customer: 'ann', n: 1 })
  const item = container.item('a', 'ann')
  const accessCondition = { type: 'IfMatch', condition: etag }
  t.equal(
    (await item.replace({ id: 'a', customer: 'ann', n: 2 }, { accessCondition })).statusCode,
    200,
  )
  const stale = { accessCondition }
  await t.rejects(item.replace({ id: 'a', customer: 'ann', n: 3 }, stale), { code: 412 })
  await t.rejects(container.items.upsert({ id: 'a', customer: 'ann', n: 3 }, stale), { code: 412 })
  await t.rejects(item.patch([{ op: 'set', path: '/n', value: 3 }], stale), { code: 412 })
  await t.rejects(item.delete(stale), { code: 412 })
  t.equal((await item.read()).resource?.['n'], 2)
})

t.test('a read whose If-None-Match is up to date has no body', async t => {
  const { container } = await openShop(t)
  const { etag } = await container.items.create({ id: 'a', customer: 'ann' })
  const accessCondition = { type: 'IfNoneMatch', condition: etag }
  const item = container.item('a', 'ann')
  const unchanged = await item.read({ accessCondition })
  t.equal(unchanged.statusCode, 304)
  await item.replace({ id: 'a', customer: 'ann', n: 1 })
  t.equal((await item.read({ accessCondition })).statusCode, 200)
})

t.test('a patch applies all its operations or none', async t => {
  const { container } = await openShop(t)
  await container.items.create({
    id: 'a',
    customer: 'ann',
    n: 1,
    list: [1, 2, 3],
    deep: { x: 1 },
    gone: 1,
  })
  const item = container.item('a', 'ann')
  const { resource } = await item.patch([
    { op: 'add', path: '/list/1', value: 9 },
    { op: 'add', path: '/list/-', value: 8 },
    { op: 'replace', path: '/list/0', value: 0 },
    { op: 'set', path: '/deep/y', value: { z: null } },
    { op: 'incr', path: '/n', value: 0.5 },
    { op: 'incr', path: '/fresh', value: 2 },
    { op: 'remove', path: '/gone' },
    { op: 'move', from: '/deep/x', path: '/moved' } as never,
  ])
  const wanted = { n: 1.5, list: [0, 9, 2, 3, 8], deep: { y: { z: null } }, fresh: 2, moved: 1 }
  t.match(resource, wanted)
  t.notOk('gone' in (resource ?? {}))
  const refused = [
    [{ op: 'replace', path: '/absent', value: 1 }],
    [{ op: 'remove', path: '/absent' }],
    [{ op: 'set', path: '/no/such/parent', value: 1 }],
    [{ op: 'set', path: '/list/9', value: 1 }],
    [{ op: 'set', path: '/list/', value: 1 }],
    [{ op: 'set', path: '/list/0x1', value: 1 }],
    [{ op: 'incr', path: '/deep', value: 1 }],
    [{ op: 'increment', path: '/n' }] as never,
    [
      { op: 'set', path: '/n', value: 1.7e308 },
      { op: 'incr', path: '/n', value: 1.7e308 },
    ],
    [{ op: 'set', path: '/id', value: 'b' }],
    [{ op: 'set', path: '/customer', value: 'bob' }],
    [
      { op: 'set', path: '/n', value: 99 },
      { op: 'remove', path: '/absent' },
    ],
  ] as const
  for (const operations of refused) {
    await t.rejects(item.patch([...operations]), { code: 400 }, JSON.stringify(operations))
  }
  t.equal((await item.read()).resource?.['n'], 1.5)
})

t.test('a patch with a condition happens only where it is met', async t => {
  const { container } = await openShop(t)
  await container.items.create({ id: 'a', customer: 'ann', n: 1 })
  const item = container.item('a', 'ann')
  const patch = (condition: string) =>
    item.patch({ condition, operations: [{ op: 'incr', path: '/n', value: 1 }] })
  t.equal((await patch('from c where c.n = 1')).resource?.['n'], 2)
  await t.rejects(patch('from c where c.n = 1'), { code: 412, substatus: 1110 })
  await t.rejects(patch('from where'), { code: 400 })
})

t.test('the errors of documents have the status and substatus of the service', async t => {
  const { container, database } = await openShop(t)
  await container.items.create({ id: 'a', customer: 'ann' })
  await t.rejects(container.items.create({ id: 'a', customer: 'ann' }), { code: 409 })
  await t.rejects(container.item('b', 'ann').replace({ id: 'b', customer: 'ann' }), { code: 404 })
  await t.rejects(container.item('b', 'ann').delete(), { code: 404 })
  const other = database.container('nowhere').items
  await t.rejects(other.query('SELECT * FROM c').fetchAll(), { code: 404 })
  const elsewhere = container.item('a', 'ann').replace({ id: 'a', customer: 'bob' })
  await t.rejects(elsewhere, { code: 400, substatus: 1001 })
  await t.rejects(container.items.query('SELEKT').fetchAll(), { code: 400 })
})

t.test('a document over 2 MB is refused', async t => {
  const { container } = await openShop(t)
  const large = { id: 'a', customer: 'ann', text: 'x'.repeat(2 * 1024 * 1024) }
  await t.rejects(container.items.create(large), { code: 413 })
  const huge = { ...large, text: 'x'.repeat(5 * 1024 * 1024) }
  await t.rejects(container.items.create(huge), { code: 413 })
})

t.test('1 and "1", null and an absent property are different partition keys', async t => {
  const { container } = await openShop(t)
  const keys = [1, '1', null, true, 'true', undefined] as const
  for (const [n, customer] of keys.entries()) {
    await container.items.create(
      customer === undefined ? { id: 'same', n } : { id: 'same', customer, n },
    )
  }
  for (const [n, customer] of keys.entries()) {
    t.equal((await container.item('same', customer).read()).resource?.['n'], n, `${customer}`)
  }
})

t.test('a unique key is unique within its logical partition', async t => {
  const uniqueKeyPolicy = { uniqueKeys: [{ paths: ['/mail'] }] }
  const { container } = await openShop(t, { uniqueKeyPolicy })
  await container.items.create({ id: 'a', customer: 'ann', mail: 'm' })
  await t.rejects(container.items.create({ id: 'b', customer: 'ann', mail: 'm' }), { code: 409 })
  t.equal((await container.items.create({ id: 'b', customer: 'bob', mail: 'm' })).statusCode, 201)
  await container.item('a', 'ann').replace({ id: 'a', customer: 'ann', mail: 'other' })
  t.equal((await container.items.create({ id: 'b', customer: 'ann', mail: 'm' })).statusCode, 201)
  const batch = await container.items.batch(
    [
      { operationType: 'Delete', id: 'b' },
      { operationType: 'Create', resourceBody: { id: 'c', customer: 'ann', mail: 'other' } },
    ],
    'ann',
  )
  t.equal(batch.code, 207)
  await t.rejects(container.items.create({ id: 'd', customer: 'ann', mail: 'm' }), { code: 409 })
})

t.test('documents go when their time to live is over', async t => {
  const { container, clock } = await openShop(t, { defaultTtl: 60 })
  await container.items.create({ id: 'short', customer: 'ann', ttl: 10 })
  await container.items.create({ id: 'default', customer: 'ann' })
  await container.items.create({ id: 'forever', customer: 'ann', ttl: -1 })
  const left = async () => {
    const { resources } = await container.items.query('SELECT VALUE c.id FROM c').fetchAll()
    return resources.toSorted()
  }
  clock.offsetMs = 11_000
  t.same(await left(), ['default', 'forever'])
  t.equal((await container.item('short', 'ann').read()).statusCode, 404)
  clock.offsetMs = 61_000
  t.same(await left(), ['forever'])
})

t.test('what a container says of time to live holds for the documents that it has', async t => {
  const { container, clock } = await openShop(t)
  await container.items.create({ id: 'own', customer: 'ann', ttl: 300 })
  await container.items.create({ id: 'none', customer: 'ann' })
  const left = async () => {
    const { resources } = await container.items.query('SELECT VALUE c.id FROM c').fetchAll()
    return resources.toSorted()
  }
  const say = (defaultTtl?: number) =>
    container.replace({
      id: 'orders',
      partitionKey: { paths: ['/customer'] },
      ...(defaultTtl === undefined ? {} : { defaultTtl }),
    })
  await say(60)
  clock.offsetMs = 61_000
  t.same(await left(), ['own'], 'from now on by the new default')
  clock.offsetMs = 301_000
  t.same(await left(), [], 'and by their own')
})

t.test('refusals that tell how a document stands carry the session they were read at', async t => {
  const { container } = await openShop(t)
  await container.items.create({ id: 'a', customer: 'ann' })
  const tokenOf = (work: Promise<unknown>): Promise<unknown> =>
    work.then(
      () => 'no refusal',
      (error: { headers: Record<string, string> }) => error.headers['x-ms-session-token'],
    )
  const stale = { accessCondition: { type: 'IfMatch', condition: '"0"' } }
  const form = /^0:\d+#\d+/
  t.match(await tokenOf(container.items.create({ id: 'a', customer: 'ann' })), form)
  t.match(await tokenOf(container.item('a', 'ann').delete(stale)), form)
  t.match(await tokenOf(container.item('b', 'ann').delete()), form)
})
