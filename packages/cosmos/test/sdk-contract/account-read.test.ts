import { createHttpHeaders, type HttpClient } from '@azure/core-rest-pipeline'
import { CosmosClient } from '@azure/cosmos'
import t from 'tap'
import { endpoint } from './sdk.ts'

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
  const started = t.capture(globalThis, 'setInterval', setInterval)
  const client = new CosmosClient({ endpoint, tokenProvider: async () => 'token' })
  const [call] = started()
  t.equal(call?.args[1], 300_000, 'it would read every five minutes')
  const timer: unknown = Reflect.get(Object(call), 'returned')
  t.equal(Reflect.get(Object(timer), '_destroyed'), false)
  client.dispose()
  t.equal(Reflect.get(Object(timer), '_destroyed'), true, 'its timer has ended')
})
