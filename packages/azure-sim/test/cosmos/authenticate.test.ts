import t from 'tap'
import { makeKey } from './support/account.ts'
import { startCosmos } from './support/cosmos.ts'
import { raw, signed, signedByDate } from './support/raw.ts'

/*
 * The refusals of the real service, as they were recorded; the pages they were read on are
 * Azure/azure-sdk-for-rust issue 831 (wrong key), Azure/azure-cli issue 10908 (header missing),
 * Azure/azure-sdk-for-python issue 29659 (malformed), Azure/data-api-builder issue 1939 (local
 * authorization disabled) and microsoft/vscode-cosmosdb issue 842 (clock skew).
 */

const guid = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}'
const tail = new RegExp(
  `\\r\\nActivityId: ${guid}, Microsoft\\.Azure\\.Documents\\.Common/2\\.14\\.0$`,
)
const first = (message = ''): string => message.replace(tail, '')

t.test('a wrong key is refused with the payload that the service signed', async t => {
  const { regions, records } = await startCosmos(t)
  const endpoint = regions[0]?.endpoint ?? ''
  const date = 'Sat, 18 Jun 2022 08:34:53 GMT'
  const headers = signed(makeKey('primary', 99), { type: 'docs', link: 'dbs/d/colls/c', date })
  const answer = await raw(endpoint, { path: '/dbs/d/colls/c/docs', headers })
  t.equal(answer.status, 401)
  t.equal(answer.body.code, 'Unauthorized')
  t.same(Object.keys(answer.body), ['code', 'message'])
  t.equal(
    first(answer.body.message),
    "The input authorization token can't serve the request. The wrong key is being used or the expected payload is not built as per the protocol. For more info: https://aka.ms/cosmosdb-tsg-unauthorized. Server used the following payload to sign: 'get\ndocs\ndbs/d/colls/c\nsat, 18 jun 2022 08:34:53 gmt\n\n'",
  )
  t.match(answer.body.message, tail)
  t.match(answer.headers, {
    server: 'Microsoft-HTTPAPI/2.0',
    'x-ms-gatewayversion': 'version=2.14.0',
    'content-type': 'application/json',
    'strict-transport-security': 'max-age=31536000',
    'x-ms-activity-id': new RegExp(guid),
  })
  t.notOk('x-ms-substatus' in answer.headers, 'the recorded answer has no substatus')
  t.equal(answer.headers['transfer-encoding'], 'chunked', 'as recorded')
  t.notOk('content-length' in answer.headers)
  t.match(records.at(-1), { region: 'West US', status: 401, key: null })
})

t.test('the account read signs an empty type and link', async t => {
  const { endpoint } = await startCosmos(t)
  const date = new Date().toUTCString()
  const headers = signed(makeKey('primary', 99), { type: '', link: '', date })
  const answer = await raw(endpoint, { path: '/', headers })
  t.match(answer.body.message, `'get\n\n\n${date.toLowerCase()}\n\n'`)
})

t.test('a missing and a malformed header have their own sentences', async t => {
  const { endpoint } = await startCosmos(t)
  const missing = await raw(endpoint, { path: '/dbs' })
  t.equal(missing.status, 401)
  t.equal(
    first(missing.body.message),
    'Required Header authorization is missing. Ensure a valid Authorization token is passed.',
  )
  for (const authorization of [
    'nonsense',
    'type=aad&ver=1.0&sig=x',
    'type=master&ver=2.0&sig=x',
    'type=system&ver=1.0&sig=x',
    'Type=master&ver=1.0&sig=x',
    'type=master&Ver=1.0&sig=x',
    'type=master&ver=1.0&signature=x',
    'ver=1.0&type=master&sig=x',
    'type=master&ver=1.0&sig=',
    `type=master&ver=1.0&sig=${'x'.repeat(1_024)}`,
    'type%253dmaster%2526ver%253d1.0%2526sig%253dx',
    'Bearer x',
    '%',
  ]) {
    const malformed = await raw(endpoint, { path: '/dbs', headers: { authorization } })
    t.equal(malformed.status, 401, authorization)
    t.match(malformed.body.message, /^Authorization header doesn't confirm to the required format/)
  }
})

t.test('a date must come, in either of two headers, in the form of RFC 1123', async t => {
  const { endpoint, keys } = await startCosmos(t)
  const key = keys.get('primary')
  const { authorization } = signed(key, { type: 'dbs', link: '' })
  const none = await raw(endpoint, { path: '/dbs', headers: { authorization } })
  t.equal(none.status, 401)
  t.match(none.body.message, /^Authorization token mandates Date headers/)
  const now = new Date()
  const zoned = now.toUTCString().replace('GMT', 'PDT')
  const weekday = now.toUTCString().replace(/^.../, day => (day === 'Mon' ? 'Tue' : 'Mon'))
  for (const date of ['yesterday', '1', zoned, weekday, `${now.getTime()}`]) {
    const headers = signed(key, { type: 'dbs', link: '', date })
    const answer = await raw(endpoint, { path: '/dbs', headers })
    t.equal(answer.status, 401, date)
    t.match(answer.body.message, /^The input date header is invalid format/)
  }
  for (const date of [now.toUTCString().toLowerCase(), now.toISOString()]) {
    const headers = signed(key, { type: 'dbs', link: '', date })
    t.equal((await raw(endpoint, { path: '/dbs', headers })).status, 200, date)
  }
})

t.test('Date stands for x-ms-date where that is absent or empty, in a line of its own', async t => {
  const { endpoint, keys } = await startCosmos(t)
  const key = keys.get('primary')
  const ask = (headers: Record<string, string>) => raw(endpoint, { path: '/dbs', headers })
  const headers = signedByDate(key, { type: 'dbs', link: '' })
  t.equal((await ask(headers)).status, 200)
  t.equal((await ask({ ...headers, 'x-ms-date': '' })).status, 200)
  const { authorization, 'x-ms-date': date } = signed(key, { type: 'dbs', link: '' })
  const misplaced = await ask({ authorization, date })
  t.equal(misplaced.status, 401)
  t.match(misplaced.body.message, `'get\ndbs\n\n\n${date.toLowerCase()}\n'`)
  const both = await ask({
    authorization,
    'x-ms-date': date,
    date: 'Thu, 01 Jan 1970 00:00:00 GMT',
  })
  t.equal(both.status, 200, 'x-ms-date is preferred')
})

t.test('a clock that is far off is refused with the time of the service', async t => {
  const { endpoint, keys, clock } = await startCosmos(t)
  const now = Math.floor(clock.now() / 1000) * 1000
  const at = (ms: number) =>
    raw(endpoint, {
      path: '/dbs',
      headers: signed(keys.get('primary'), {
        type: 'dbs',
        link: '',
        date: new Date(now + ms).toUTCString(),
      }),
    })
  t.equal((await at(-890_000)).status, 200, 'almost 15 minutes behind is taken')
  t.equal((await at(290_000)).status, 200, 'almost 5 minutes ahead is taken')
  for (const offset of [406_000, -910_000]) {
    const answer = await at(offset)
    t.equal(answer.status, 403)
    t.equal(answer.body.code, 'Forbidden')
    t.equal(answer.headers['x-ms-substatus'], '0')
    const start = new Date(now + offset).toUTCString()
    const expiry = new Date(now + offset + 900_000).toUTCString()
    t.match(
      first(answer.body.message),
      `The authorization token is not valid at the current time. Please create another token and retry (token start time: ${start}, token expiry time: ${expiry}, current server time: `,
    )
    const server = /current server time: ([^)]+)\)/.exec(answer.body.message ?? '')?.[1]
    t.ok(Math.abs(Date.parse(server ?? '') - clock.now()) < 60_000, 'and that time can be read')
  }
})

t.test('every answer carries the region’s own time, which may be wrong', async t => {
  const { regions, keys, clock, cosmos } = await startCosmos(t)
  const key = keys.get('primary')
  const ask = (at: number, ms = 0) => {
    const date = new Date(clock.now() + ms).toUTCString()
    const headers = signed(key, { type: 'dbs', link: '', date })
    return raw(regions[at]?.endpoint ?? '', { path: '/dbs', headers })
  }
  const ahead = ({ headers }: { headers: { date?: string } }) =>
    Math.round((Date.parse(headers.date ?? '') - clock.now()) / 60_000)
  clock.offsetMs = 86_400_000
  t.equal(ahead(await ask(0)), 0, 'it is the simulator’s time, not the machine’s')
  cosmos.clockSkew.set(1_200_000, 'East US')
  t.equal((await ask(0)).status, 200)
  const refused = await ask(1)
  t.equal(refused.status, 403)
  t.equal(ahead(refused), 20)
  const server = /current server time: ([^)]+)\)/.exec(refused.body.message ?? '')?.[1] ?? ''
  const told = Date.parse(refused.headers.date ?? '')
  t.ok(told >= Date.parse(server), 'the header is written after the sentence')
  t.equal((await ask(1, Date.parse(server) - clock.now())).status, 200, 'a corrected date is taken')
  cosmos.clockSkew.set(-400_000)
  t.equal((await ask(1)).status, 403, 'a region that is behind finds the client ahead')
  cosmos.clockSkew.set(0)
  t.equal((await ask(1)).status, 200)
  t.throws(() => cosmos.clockSkew.set(Number.NaN), RangeError)
})

t.test('local authorization that is switched off refuses every key with 5202', async t => {
  const { endpoint, keys, settings, records } = await startCosmos(t)
  settings.localAuthDisabled = true
  const headers = signed(keys.get('primary'), { type: 'dbs', link: '' })
  const answer = await raw(endpoint, { path: '/dbs', headers })
  t.equal(answer.status, 401)
  t.equal(answer.headers['x-ms-substatus'], '5202')
  t.equal(
    first(answer.body.message),
    'Local Authorization is disabled. Use an AAD token to authorize all requests.',
  )
  t.match(records.at(-1), { key: { kind: 'primary', generation: 1 }, status: 401 })
})

t.test('a read-only key reads and queries, and is the wrong key for every write', async t => {
  const { endpoint, keys, client } = await startCosmos(t)
  const { database } = await client().databases.create({ id: 'd' })
  await database.containers.create({ id: 'c', partitionKey: { paths: ['/id'] } })
  const link = 'dbs/d/colls/c'
  const path = `/${link}/docs`
  const send = (verb: string, more: Record<string, string>, body: string) =>
    raw(endpoint, {
      verb,
      path,
      headers: { ...signed(keys.get('primaryReadonly'), { verb, type: 'docs', link }), ...more },
      body,
    })
  const query = {
    'x-ms-documentdb-isquery': 'True',
    'content-type': 'application/query+json',
    'x-ms-documentdb-query-enablecrosspartition': 'True',
  }
  t.equal((await send('POST', query, '{"query":"SELECT * FROM c"}')).status, 200)
  const plan = { 'x-ms-cosmos-is-query-plan-request': 'True' }
  t.equal((await send('POST', plan, '{"query":"SELECT * FROM c"}')).status, 200)
  for (const more of [
    'x-ms-version',
    'x-ms-cosmos-is-batch-request',
    'x-ms-documentdb-is-upsert',
  ]) {
    const answer = await send('POST', { [more]: 'true' }, '{"id":"a"}')
    t.equal(answer.status, 401, more)
    t.match(answer.body.message, /The wrong key is being used/)
  }
  const sproc = { verb: 'POST', type: 'sprocs', link: `${link}/sprocs/s` }
  const headers = signed(keys.get('secondaryReadonly'), sproc)
  t.equal((await raw(endpoint, { verb: 'POST', path: `/${sproc.link}`, headers })).status, 401)
})

t.test('each region takes and refuses keys for itself, and the witness names them', async t => {
  const { regions, keys, records } = await startCosmos(t)
  const former = keys.get('secondary')
  keys.regenerate('secondary')
  keys.deaf.add('East US/primary')
  const ask = (at: number, key: typeof former) =>
    raw(regions[at]?.endpoint ?? '', {
      path: '/dbs',
      headers: signed(key, { type: 'dbs', link: '' }),
    })
  t.equal((await ask(0, keys.get('primary'))).status, 200)
  t.equal((await ask(1, keys.get('primary'))).status, 401)
  t.equal((await ask(1, keys.get('secondary'))).status, 200)
  t.equal((await ask(0, former)).status, 401)
  t.match(records, [
    { region: 'West US', key: { kind: 'primary', generation: 1 }, status: 200 },
    { region: 'East US', key: { kind: 'primary', generation: 1 }, status: 401 },
    { region: 'East US', key: { kind: 'secondary', generation: 2 }, status: 200 },
    { region: 'West US', key: { kind: 'secondary', generation: 1 }, status: 401 },
  ])
})
