import t from 'tap'
import { type Answer, open, throttled } from './sdk.ts'

t.test('the token arrives percent-encoded, beside a date that is already set', async t => {
  const { items, attempts } = open()
  await items.item('1', 'p').read()
  const last = attempts.at(-1)
  t.match(last?.headers.get('authorization'), /^token%20\d%26$/)
  t.notOk(Number.isNaN(Date.parse(last?.headers.get('x-ms-date') ?? '')))
})

t.test('an account read names no resource', async t => {
  const { client, operations } = open()
  await client.getDatabaseAccount()
  t.match(operations, [{ verb: 'GET', path: '' }])
  t.notOk(operations[0]?.resourceId)
  t.notOk(operations[0]?.resourceType)
})

t.test('names are handed over as they are signed', async t => {
  const { items, operations } = open()
  await items.item('a b', 'p').read()
  t.match(
    operations.find(({ resourceType }) => resourceType === 'docs'),
    { verb: 'GET', resourceId: 'dbs/d/colls/c/docs/a b' },
  )
})

t.test('a query is marked as one by the time of the attempt', async t => {
  const result: Answer = { status: 200, body: { Documents: [] } }
  const { items, attempts } = open([result, result])
  await items.items
    .query('SELECT * FROM c', { partitionKey: 'p' })
    .fetchNext()
    .catch(() => {})
  const posted = attempts.filter(({ method }) => method === 'POST')
  t.ok(posted.length > 0)
  for (const { headers } of posted) {
    t.ok(headers.has('x-ms-documentdb-isquery') || headers.has('x-ms-cosmos-is-query-plan-request'))
  }
})

t.test('each attempt has headers of its own, so that a change does not outlive it', async t => {
  const { items, attempts } = open([throttled])
  await items.item('1', 'p').read()
  const [first, second] = attempts.slice(-2)
  t.not(first?.headers, second?.headers)
})

t.test('every kind of resource is handed over with the type and link that are signed', async t => {
  const { client, items, operations } = open()
  const database = client.database('d')
  await database.read()
  await items.read()
  await database.user('u').read()
  await items.scripts.storedProcedure('s').read()
  await client.offer('AbC').read()
  const signed = operations
    .filter(({ resourceId }) => resourceId)
    .map(({ resourceType, resourceId }) => `${resourceType} ${resourceId}`)
  t.strictSame(signed, [
    'dbs dbs/d',
    'colls dbs/d/colls/c',
    'users dbs/d/users/u',
    'sprocs dbs/d/colls/c/sprocs/s',
    // The service signs it in lower case; who signs must see to that.
    'offers AbC',
  ])
})
