import { createHttpHeaders, type HttpClient, type PipelineRequest } from '@azure/core-rest-pipeline'
import { CosmosClient, type RequestInfo } from '@azure/cosmos'

/**
 * The tests beside this hold what the client builds on in `@azure/cosmos`, seen through its two
 * public options alone. A version of the SDK that changes one of these fails the test that names
 * it; they run against the oldest and the newest of the supported range.
 */

export interface Answer {
  readonly status: number
  readonly body?: unknown
  readonly headers?: Record<string, string>
}

export const endpoint = 'https://account.example/'
export const account: Answer = {
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

/** An HTTP client that answers from a script, then as a healthy account. */
export const answering = (script: (Answer | Error)[] = []) => {
  const attempts: PipelineRequest[] = []
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
  return { httpClient, attempts }
}

/** The SDK on such an HTTP client, and what it asked of its token provider. */
export const open = (script: (Answer | Error)[] = [], connectionPolicy = {}) => {
  const { httpClient, attempts } = answering(script)
  const operations: (RequestInfo & { query: boolean })[] = []
  const paths = () => attempts.map(({ url }) => new URL(url).pathname)
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

export const throttled: Answer = {
  status: 429,
  body: { code: '429', message: 'slow down' },
  headers: { 'x-ms-retry-after-ms': '1' },
}
