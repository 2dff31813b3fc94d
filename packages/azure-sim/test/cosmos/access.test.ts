import t from 'tap'
import { startCosmos } from './support/cosmos.ts'
import { raw, signed } from './support/raw.ts'

t.test('no header lets a read-only key write what cannot be queried', async t => {
  const { endpoint, keys, client } = await startCosmos(t)
  const { database } = await client().databases.create({ id: 'd' })
  const { container } = await database.containers.create({ id: 'c', partitionKey: '/id' })
  await container.items.create({ id: 'a' })
  const writes = [
    { type: 'dbs', link: '', path: '/dbs' },
    { type: 'colls', link: 'dbs/d', path: '/dbs/d/colls' },
    { type: 'users', link: 'dbs/d', path: '/dbs/d/users' },
    { type: 'sprocs', link: 'dbs/d/colls/c', path: '/dbs/d/colls/c/sprocs' },
  ]
  const plan = { 'x-ms-cosmos-is-query-plan-request': 'true' }
  const send = (at: { type: string; link: string; path: string }, more: Record<string, string>) =>
    raw(endpoint, {
      verb: 'POST',
      path: at.path,
      headers: { ...signed(keys.get('primaryReadonly'), { verb: 'POST', ...at }), ...more },
      body: '{"id":"made","body":"function () {}"}',
    })
  for (const at of writes) t.equal((await send(at, plan)).status, 401, at.path)
  const partition = {
    type: 'colls',
    link: 'dbs/d/colls/c',
    path: '/dbs/d/colls/c/operations/partitionkeydelete',
  }
  const query = { 'x-ms-documentdb-isquery': 'true', 'x-ms-documentdb-partitionkey': '["a"]' }
  t.equal((await send(partition, query)).status, 401)
  t.equal((await container.item('a', 'a').read()).statusCode, 200)
})

t.test('what says that it is a batch and a query is a batch, as its access was judged', async t => {
  const { endpoint, keys, client } = await startCosmos(t)
  const { database } = await client().databases.create({ id: 'd' })
  await database.containers.create({ id: 'c', partitionKey: '/id' })
  const at = { verb: 'POST', type: 'docs', link: 'dbs/d/colls/c' }
  const answer = await raw(endpoint, {
    verb: 'POST',
    path: '/dbs/d/colls/c/docs',
    headers: {
      ...signed(keys.get('primary'), at),
      'content-type': 'application/query+json',
      'x-ms-documentdb-isquery': 'true',
      'x-ms-cosmos-is-batch-request': 'true',
      'x-ms-documentdb-partitionkey': '["a"]',
    },
    body: '{"query":"SELECT * FROM c"}',
  })
  t.equal(answer.status, 400)
})
