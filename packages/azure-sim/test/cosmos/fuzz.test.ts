import { PermissionMode } from '@azure/cosmos'
import fc from 'fast-check'
import t from 'tap'
import { parseAddress } from '../../src/cosmos/address.ts'
import type { TokenVerifier } from '../../src/cosmos/identity/entra-gate.ts'
import type { Verified } from '../../src/entra/tokens.ts'
import { startCosmos } from './support/cosmos.ts'
import { type RawRequest, raw, signed } from './support/raw.ts'

/** What the service could answer; 500 is none of them, since the simulator has no excuse for one. */
const possible = new Set([
  200, 201, 204, 207, 304, 400, 401, 403, 404, 405, 409, 410, 412, 413, 429, 449, 503,
])

const verb = fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'MERGE')

const segment = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom(
      'dbs',
      'd',
      'colls',
      'c',
      'docs',
      'a',
      'pkranges',
      'offers',
      'users',
      'u',
      'permissions',
      'p',
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom('sprocs', 'udfs', '__proto__', '%', '%zz'),
  },
  { weight: 1, arbitrary: fc.webSegment() },
)

const path = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      '/dbs',
      '/dbs/d/colls',
      '/dbs/d/colls/c/docs',
      '/dbs/d/colls/c/docs/a',
      '/dbs/d/users',
      '/dbs/d/users/u',
      '/dbs/d/users/u/permissions',
      '/dbs/d/users/u/permissions/p',
    ),
  },
  { weight: 1, arbitrary: fc.array(segment, { maxLength: 8 }).map(parts => `/${parts.join('/')}`) },
)

const odd = fc.oneof(
  fc.constantFrom(
    '',
    '-1',
    '0',
    '1',
    'true',
    '*',
    '[]',
    '[{}]',
    '["a"]',
    '[1,2]',
    '{}',
    'null',
    '"1"',
  ),
  fc.constantFrom(
    '{"token":"+RID:x#RT:1"}',
    '{"token":"+RID:"}',
    '{"token":"+RTD:%"}',
    'FF',
    '1e9',
    '"-5"',
  ),
  fc.string({ unit: 'grapheme-ascii', maxLength: 20 }).map(text => text.trim()),
)

const headerNames = [
  'x-ms-documentdb-partitionkey',
  'x-ms-documentdb-partitionkeyrangeid',
  'x-ms-documentdb-isquery',
  'x-ms-documentdb-is-upsert',
  'x-ms-cosmos-is-batch-request',
  'x-ms-cosmos-batch-atomic',
  'x-ms-cosmos-batch-continue-on-error',
  'x-ms-cosmos-is-query-plan-request',
  'x-ms-continuation',
  'x-ms-max-item-count',
  'x-ms-offer-throughput',
  'x-ms-cosmos-offer-autopilot-settings',
  'x-ms-start-epk',
  'x-ms-end-epk',
  'if-match',
  'if-none-match',
  'if-modified-since',
  'a-im',
  'prefer',
  'x-ms-session-token',
  'x-ms-documentdb-expiry-seconds',
]

const headers = fc
  .tuple(
    fc.constantFrom<Record<string, string>>({}, { 'x-ms-documentdb-partitionkey': '["a"]' }),
    fc.array(fc.tuple(fc.constantFrom(...headerNames), fc.oneof(fc.constant('true'), odd)), {
      maxLength: 6,
    }),
  )
  .map(([fit, pairs]): Record<string, string> => ({ ...Object.fromEntries(pairs), ...fit }))

const operation = fc.record(
  {
    operationType: fc.oneof(
      fc.constantFrom('Create', 'Upsert', 'Read', 'Replace', 'Delete', 'Patch'),
      fc.string(),
    ),
    id: fc.oneof(fc.constantFrom('a', 'b'), fc.jsonValue()),
    partitionKey: fc.oneof(fc.constant('["a"]'), fc.jsonValue()),
    resourceBody: fc.oneof(
      fc.constant({ id: 'a' }),
      fc.record({
        operations: fc.array(
          fc.record({
            op: fc.constantFrom('set', 'incr', 'move'),
            path: odd,
            value: fc.jsonValue(),
          }),
        ),
      }),
      fc.jsonValue(),
    ),
    ifMatch: fc.jsonValue(),
  },
  { requiredKeys: ['operationType'] },
)

const query = fc.record({
  query: fc.oneof(
    fc.constantFrom(
      'SELECT * FROM c',
      'SELECT VALUE c.n FROM c ORDER BY c.n',
      'SELECT TOP 1 * FROM c',
      'SELECT VALUE SUM(c.id) FROM c',
      'SELECT udf.f(c) FROM c',
      'SELECT * FROM c WHERE c.id = @x',
      'SELECT t FROM c JOIN t IN c.list',
      'DROP TABLE c',
    ),
    fc.string(),
  ),
  parameters: fc.oneof(fc.jsonValue(), fc.constant([{ name: '@x', value: 'a' }])),
})

const permission = fc.record(
  {
    id: fc.oneof(fc.constantFrom('p', 'q'), fc.jsonValue()),
    permissionMode: fc.oneof(fc.constantFrom('All', 'read'), fc.jsonValue()),
    resource: fc.oneof(
      fc.constantFrom(
        'dbs/d/colls/c',
        '/dbs/d/colls/c/docs/a/',
        'dbs/d/colls/x',
        '//',
        'dbs/%/colls/c',
      ),
      fc.jsonValue(),
    ),
    resourcePartitionKey: fc.oneof(fc.constant(['a']), fc.jsonValue()),
  },
  { requiredKeys: ['id'] },
)

const body = fc.oneof(
  permission.map(value => JSON.stringify(value)),
  fc.constantFrom(
    '',
    '{}',
    '[]',
    'null',
    '{"id":"a"}',
    '{"id":"d","partitionKey":{"paths":["/id"]}}',
    '{',
  ),
  fc.json(),
  fc.array(operation, { maxLength: 5 }).map(list => JSON.stringify(list)),
  query.map(spec => JSON.stringify(spec)),
  fc.string({ unit: 'binary' }),
)

t.test('any request at all gets an answer that the service could give', async t => {
  const { client, endpoint, keys, cosmos } = await startCosmos(t)
  cosmos.trust(somebody, () => ['any'])
  const restore = async () => {
    const { database } = await client().databases.createIfNotExists({ id: 'd' })
    const { container } = await database.containers.createIfNotExists({
      id: 'c',
      partitionKey: { paths: ['/id'] },
    })
    await container.items.upsert({ id: 'a', n: 1, list: [1, 'x', null] })
    const { user } = await database.users.upsert({ id: 'u' })
    const { resource } = await user.permissions.upsert({
      id: 'p',
      permissionMode: PermissionMode.All,
      resource: 'dbs/d/colls/c',
    })
    token = encodeURIComponent(resource?._token ?? '')
  }
  let token = ''
  const seen = new Map<number, number>()
  let count = 0
  const scheme = fc.constantFrom('key', 'key', 'key', 'key', 'token', 'token', 'entra', 'none')
  const request = fc.record({ verb, path, headers, body, scheme })
  await fc.assert(
    fc.asyncProperty(request, async given => {
      if (count++ % 20 === 0) await restore()
      const { type, link } = parseAddress(given.path)
      const schemes = {
        key: signed(keys.get('primary'), { verb: given.verb, type, link }),
        token: { authorization: token },
        entra: { authorization: `type=aad&ver=1.0&sig=${entraToken}` },
        none: {},
      }
      const own = schemes[given.scheme]
      const sent: RawRequest = { ...given, headers: { ...given.headers, ...own } }
      const answer = await raw(endpoint, sent)
      seen.set(answer.status, (seen.get(answer.status) ?? 0) + 1)
      t.ok(possible.has(answer.status), `${answer.status} ${JSON.stringify(sent)}`)
      if (answer.status >= 400 && given.verb !== 'HEAD') {
        t.match(answer.body, { code: String, message: /\r\nActivityId: / }, JSON.stringify(sent))
      }
    }),
    { numRuns: Number(process.env['FUZZ_RUNS'] ?? 500) },
  )
  t.comment(`answers by status: ${JSON.stringify(Object.fromEntries(seen))}`)
  for (const status of [200, 400, 401, 404, 405]) t.ok(seen.has(status), `${status} came about`)
})

/** Stands for Entra: every token is good, and its principal may do half of what there is. */
const somebody: TokenVerifier = {
  verify: async () => {
    const actions = ['*/readMetadata', '*/items/*']
    const principal = { objectId: 'somebody', actions, roles: [] }
    return { caller: { principal, issuer: 'any' } } as unknown as Verified
  },
}

const claims = Buffer.from(JSON.stringify({ aud: 'any', exp: 9_999_999_999 }))
const entraToken = `e30.${claims.toString('base64url')}.x`

const nobody: TokenVerifier = { verify: async () => ({ problem: { why: 'malformed' } }) }

t.test('any authorization header at all is answered with 401', async t => {
  const { endpoint, cosmos } = await startCosmos(t)
  cosmos.trust(nobody, () => ['any'])
  const form = fc.constantFrom(
    '',
    'type=master&ver=1.0&sig=',
    'type=resource&ver=1&sig=',
    'type=aad&ver=1.0&sig=',
    'type%3Daad%26ver%3D1.0%26sig%3D',
  )
  const authorization = fc
    .tuple(form, fc.string({ unit: 'grapheme-ascii' }))
    .map(parts => parts.join(''))
  await fc.assert(
    fc.asyncProperty(authorization, async text => {
      const headers = { authorization: text.trim(), 'x-ms-date': new Date().toUTCString() }
      t.equal((await raw(endpoint, { path: '/dbs', headers })).status, 401)
    }),
    { numRuns: 300 },
  )
})
