import { PermissionMode } from '@azure/cosmos'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import { raw } from '../support/raw.ts'
import { openShop } from '../support/shop.ts'

/*
 * What a token must never do, whatever is asked with it. Documents of customer `b` hold a word that
 * no answer to a token for customer `a` may hold.
 */

const word = 'for-b-alone'
const feed = '/dbs/shop/colls/orders/docs'

const verb = fc.constantFrom('GET', 'POST', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD')
const path = fc.constantFrom(
  ...[feed, feed, `${feed}/1`, `${feed}/2`, `${feed}/3`, '/dbs/shop/colls/orders'],
  ...['/dbs/shop/colls/orders/pkranges', '/dbs/shop/colls/other/docs', '/dbs/shop', '/dbs'],
  ...['/', '/offers', '/dbs/shop/users', '/dbs/shop/users/ann/permissions'],
)
const partition = fc.constantFrom(
  ...[
    '["a"]',
    '["a"]',
    '["a"]',
    '["b"]',
    '[]',
    '[{}]',
    '["a","b"]',
    '[["a"]]',
    '"a"',
    'a',
    '["a"],["b"]',
  ],
)
const headers = fc.dictionary(
  fc.constantFrom(
    ...['x-ms-documentdb-isquery', 'x-ms-documentdb-is-upsert', 'x-ms-cosmos-is-batch-request'],
    ...['x-ms-cosmos-batch-atomic', 'x-ms-cosmos-batch-continue-on-error', 'a-im'],
    ...[
      'x-ms-cosmos-is-query-plan-request',
      'x-ms-documentdb-partitionkeyrangeid',
      'x-ms-start-epk',
    ],
  ),
  fc.constantFrom('True', 'true', '0', 'Incremental feed', ''),
  { maxKeys: 5 },
)
const document = fc.record({
  id: fc.constantFrom('1', '2', '3', '4'),
  customer: fc.constantFrom('a', 'b'),
})
const operation = fc.record({
  operationType: fc.constantFrom('Create', 'Upsert', 'Read', 'Replace', 'Delete', 'Patch'),
  id: fc.constantFrom('1', '2', '3'),
  partitionKey: fc.constantFrom('["a"]', '["b"]'),
  resourceBody: fc.oneof(
    document,
    fc.constant({ operations: [{ op: 'set', path: '/customer', value: 'b' }] }),
  ),
})
const batch = ['x-ms-cosmos-is-batch-request']
const atomic = ['x-ms-cosmos-batch-atomic']
const query = fc.constantFrom(
  'SELECT * FROM c',
  "SELECT * FROM c WHERE c.customer = 'b'",
  'SELECT VALUE COUNT(1) FROM c',
  'SELECT VALUE c.word FROM c ORDER BY c.id',
)
const body = fc.oneof(
  document,
  fc.array(operation, { maxLength: 4 }),
  query.map(text => ({ query: text, parameters: [] })),
  fc.constant({ operations: [{ op: 'set', path: '/customer', value: 'b' }] }),
)
const json = (value: fc.Arbitrary<unknown>) => value.map(given => JSON.stringify(given))
const anything = fc.record(
  { verb, path, partition, headers, body: json(body) },
  { requiredKeys: ['verb', 'path', 'headers', 'body'] },
)

/** What SDKs send, so that many requests get through to where something could go wrong. */
const usual = fc
  .record({
    partition,
    shape: fc.constantFrom<readonly [string, string, fc.Arbitrary<unknown>, ...string[]]>(
      ['GET', `${feed}/1`, fc.constant({})],
      ['GET', feed, fc.constant({})],
      ['GET', feed, fc.constant({}), 'a-im'],
      ['PUT', `${feed}/1`, document],
      ['POST', feed, document, 'x-ms-documentdb-is-upsert'],
      ['POST', feed, query.map(text => ({ query: text })), 'x-ms-documentdb-isquery'],
      ['POST', feed, fc.array(operation, { minLength: 1, maxLength: 4 }), ...batch],
      ['POST', feed, fc.array(operation, { minLength: 1, maxLength: 4 }), ...batch, ...atomic],
    ),
  })
  .chain(({ partition, shape: [verb, path, given, ...names] }) =>
    json(given).map(text => ({
      ...{ verb, path, partition, body: text },
      headers: Object.fromEntries(
        names.map(name => [name, name === 'a-im' ? 'Incremental feed' : 'True']),
      ),
    })),
  )

const request = fc.oneof(anything, { weight: 2, arbitrary: usual })

async function openWithToken(t: Test, more: { permissionMode: PermissionMode; forA: boolean }) {
  const shop = await openShop(t)
  const restore = async () => {
    for (const id of ['1', '2']) await shop.container.items.upsert({ id, customer: 'a' })
  }
  await restore()
  for (const id of ['1', '3']) await shop.container.items.create({ id, customer: 'b', word })
  await shop.database.containers.create({ id: 'other', partitionKey: '/customer' })
  const { user } = await shop.database.users.create({ id: 'ann' })
  const { resource } = await user.permissions.create({
    id: 'p',
    permissionMode: more.permissionMode,
    resource: shop.container.url,
    ...(more.forA ? { resourcePartitionKey: ['a'] } : {}),
  })
  const authorization = encodeURIComponent(resource?._token ?? '')
  const send = (given: {
    partition?: string
    headers: Record<string, string>
    verb: string
    path: string
    body: string
  }) => {
    const { partition: key, ...rest } = given
    const own: Record<string, string> =
      key === undefined ? {} : { 'x-ms-documentdb-partitionkey': key }
    return raw(shop.endpoint, { ...rest, headers: { ...rest.headers, ...own, authorization } })
  }
  const everything = async (where = '') =>
    (await shop.container.items.query(`SELECT * FROM c${where}`).fetchAll()).resources
  return { ...shop, send, everything, restore }
}

const runs = { numRuns: Number(process.env['FUZZ_RUNS'] ?? 400) }

t.test('a token for one partition key neither shows nor changes another', async t => {
  const given = { permissionMode: PermissionMode.All, forA: true }
  const { send, everything, restore } = await openWithToken(t, given)
  const ofB = " WHERE c.customer = 'b'"
  const before = await everything(ofB)
  t.equal(before.length, 2)
  let served = 0
  await fc.assert(
    fc.asyncProperty(request, async given => {
      const answer = await send(given)
      if (answer.status < 300) served += 1
      t.notOk(answer.text.includes(word), JSON.stringify(given))
      if (answer.status < 300 && given.verb !== 'GET') {
        t.same(await everything(ofB), before, JSON.stringify(given))
        await restore()
      }
    }),
    runs,
  )
  t.same(await everything(ofB), before)
  t.ok(served > runs.numRuns / 20, `${served} of ${runs.numRuns} were served`)
})

t.test('a token to read changes nothing at all', async t => {
  const given = { permissionMode: PermissionMode.Read, forA: false }
  const { send, everything, database } = await openWithToken(t, given)
  const before = await everything()
  let served = 0
  await fc.assert(
    fc.asyncProperty(request, async given => {
      if ((await send(given)).status < 300) served += 1
    }),
    runs,
  )
  t.same(await everything(), before)
  t.equal((await database.containers.readAll().fetchAll()).resources.length, 2)
  t.ok(served > runs.numRuns / 20, `${served} of ${runs.numRuns} were served`)
})
