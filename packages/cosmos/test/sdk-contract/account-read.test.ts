import { createHttpHeaders, type HttpClient } from '@azure/core-rest-pipeline'
import { CosmosClient } from '@azure/cosmos'
import t from 'tap'
import { account, endpoint } from './sdk.ts'

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

t.test('a disposed client reads the account no more', async t => {
  let reads = 0
  const httpClient: HttpClient = {
    async sendRequest(request) {
      reads += 1
      const bodyAsText = JSON.stringify(account.body)
      return { request, status: 200, headers: createHttpHeaders(), bodyAsText }
    },
  }
  const client = new CosmosClient({
    endpoint,
    httpClient,
    tokenProvider: async () => 'token',
    connectionPolicy: { endpointRefreshRateInMs: 1 },
  })
  client.dispose()
  // Longer than the interval: a later tick would have read.
  await new Promise(resolve => setTimeout(resolve, 20))
  t.equal(reads, 0)
})
