import { createHttpHeaders, type HttpClient, type PipelineRequest } from '@azure/core-rest-pipeline'
import { CosmosClient, type RequestInfo } from '@azure/cosmos'
import t from 'tap'

/**
 * What this package builds on in `@azure/cosmos`, seen through its two public options alone.
 * A version of the SDK that changes one of these fails the test that names it.
 */

interface Answer {
  readonly status: number
  readonly body?: unknown
  readonly headers?: Record<string, string>
}

const endpoint = 'https://account.example/'
const account: Answer = {
  status: 200,
  body: {
    id: 'account',
    writableLocations: [{ name: 'Here', databaseAccountEndpoint: endpoint }],
    readableLocations: [{ name: 'Here', databaseAccountEndpoint: endpoint }],
    userConsistencyPolicy: { defaultConsistencyLevel: 'Session' },
  },
}
const item: Answer = { status: 200, body: { id: '1', pk: 'p' } }
const container: Answer = {
  status: 200,
  body: { id: 'c', _rid: 'r', partitionKey: { paths: ['/pk'], kind: 'Hash' } },
}

/** The SDK on an HTTP client that answers from a script, then as a healthy account. */
const open = (script: (Answer | Error)[] = [], connectionPolicy = {}) => {
  const operations: (RequestInfo & { query: boolean })[] = []
  const attempts: PipelineRequest[] = []
  const paths = () => attempts.map(({ url }) => new URL(url).pathname)
  const httpClient: HttpClient = {
    async sendRequest(request) {
      attempts.push(request)
      const { pathname } = new URL(request.url)
      const isDocument = pathname.includes('/docs')
      const next = isDocument ? (script.shift() ?? item) : pathname === '/' ? account : container
      if (next instanceof Error) throw next
      return {
        request,
        status: next.status,
        headers: createHttpHeaders(next.headers),
        bodyAsText: JSON.stringify(next.body),
      }
    },
  }
  const client = new CosmosClient({
    endpoint,
    httpClient,
    connectionPolicy,
    tokenProvider: async operation => {
      const query = 'x-ms-documentdb-isquery' in operation.headers
      operations.push({ ...operation, query })
      return `token ${operations.length}&`
    },
  })
  const items = client.database('d').container('c')
  return { client, items, operations, attempts, paths }
}

const throttled: Answer = {
  status: 429,
  body: { code: '429', message: 'slow down' },
  headers: { 'x-ms-retry-after-ms': '1' },
}

t.test('a token is made once per operation, and reused by the SDK’s retries', async t => {
  const { items, operations, attempts } = open([throttled, throttled])
  await items.item('1', 'p').read()
  const ofDocuments = attempts.filter(({ url }) => url.includes('/docs'))
  t.equal(ofDocuments.length, 3)
  t.equal(operations.filter(({ resourceType }) => resourceType === 'docs').length, 1)
  const headers = ofDocuments.map(request => request.headers.get('authorization'))
  t.equal(new Set(headers).size, 1)
})

t.test('the token arrives percent-encoded, beside a date that is already set', async t => {
  const { items, attempts } = open()
  await items.item('1', 'p').read()
  const last = attempts.at(-1)
  t.match(last?.headers.get('authorization'), /^token%20\d%26$/)
  t.notOk(Number.isNaN(Date.parse(last?.headers.get('x-ms-date') ?? '')))
})

t.test('each attempt has headers of its own, so that a change does not outlive it', async t => {
  const { items, attempts } = open([throttled])
  await items.item('1', 'p').read()
  const [first, second] = attempts.slice(-2)
  t.not(first?.headers, second?.headers)
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

t.test('a 401 is not retried, and reaches the caller with its code', async t => {
  const { items, attempts } = open([{ status: 401, body: { code: 'Unauthorized', message: 'no' } }])
  await t.rejects(items.item('1', 'p').read(), { code: 401, message: 'no' })
  t.equal(attempts.filter(({ url }) => url.includes('/docs')).length, 1)
})

t.test('a code that the SDK does not know is not retried', async t => {
  const error = Object.assign(new Error('none'), { code: 'KEYS_UNAVAILABLE' })
  const { items, attempts } = open([error])
  await t.rejects(items.item('1', 'p').read(), error)
  t.equal(attempts.filter(({ url }) => url.includes('/docs')).length, 1)
})

t.test('a read is retried on ECONNRESET, a write is not', async t => {
  const reset = (): Error => Object.assign(new Error('reset'), { code: 'ECONNRESET' })
  const read = open([reset()])
  await read.items.item('1', 'p').read()
  t.equal(read.paths().filter(path => path.includes('/docs')).length, 2)
  const write = open([reset()])
  await t.rejects(write.items.items.upsert({ id: '1', pk: 'p' }), { code: 'ECONNRESET' })
})

t.test('a body is text, which can be sent again', async t => {
  const { items, attempts } = open()
  await items.items.upsert({ id: '1', pk: 'p' })
  t.equal(typeof attempts.at(-1)?.body, 'string')
})

t.test('an abort of the caller ends the attempt’s signal', async t => {
  const { items, attempts } = open()
  await items.item('1', 'p').read({ abortSignal: new AbortController().signal })
  t.ok(attempts.at(-1)?.abortSignal instanceof AbortSignal)
})

t.test('the account is read again in the background, and a 401 to it is swallowed', async t => {
  const seen: string[] = []
  const { promise: twice, resolve } = Promise.withResolvers<void>()
  const httpClient: HttpClient = {
    async sendRequest(request) {
      seen.push(new URL(request.url).pathname)
      if (seen.length === 2) resolve()
      const bodyAsText = JSON.stringify({ code: 'Unauthorized', message: 'no' })
      return { request, status: 401, headers: createHttpHeaders(), bodyAsText }
    },
  }
  const client = new CosmosClient({
    endpoint,
    httpClient,
    tokenProvider: async () => 'token',
    connectionPolicy: { endpointRefreshRateInMs: 5 },
  })
  const alive = setInterval(() => {}, 1000)
  await twice
  clearInterval(alive)
  client.dispose()
  t.same(seen.slice(0, 2), ['/', '/'])
})

t.test('the names that the subclass adds are free', async t => {
  t.notOk('keys' in CosmosClient.prototype)
  t.notOk('close' in CosmosClient.prototype)
  t.equal(typeof CosmosClient.prototype.dispose, 'function')
})
