import { createServer } from 'node:http'
import type { SecretClientOptions } from '@azure/keyvault-secrets'
import { AzureSim } from '@keyturn/azure-sim'
import { keyVault, Ring } from '@keyturn/keyring'
import t from 'tap'
import { challengedHost, isLoopback } from '../../src/sources/pinned-host.ts'

interface Test {
  teardown(clean: () => unknown): unknown
}
type Client = NonNullable<SecretClientOptions['httpClient']>
type Answer = Awaited<ReturnType<Client['sendRequest']>>

/** A network that answers as the test says, under Microsoft's unmodified client. */
const follow = (
  t: Test,
  vaultUrl: string,
  answer: (url: URL) => { status: number; headers?: Record<string, string> },
  options: SecretClientOptions = {},
) => {
  const asked: string[] = []
  const tokensFor: string[] = []
  const httpClient: Client = {
    async sendRequest(request): Promise<Answer> {
      asked.push(new URL(request.url).host)
      const { status, headers = {} } = answer(new URL(request.url))
      const given = new Map(Object.entries(headers))
      const all = {
        get: (name: string) => given.get(name.toLowerCase()),
        has: (name: string) => given.has(name.toLowerCase()),
        set: (name: string, value: string | number | boolean) => void given.set(name, `${value}`),
        delete: (name: string) => void given.delete(name),
        toJSON: () => Object.fromEntries(given),
        [Symbol.iterator]: () => given[Symbol.iterator](),
      }
      return { request, status, headers: all, bodyAsText: '{}' }
    },
  }
  const source = keyVault({
    vaultUrl,
    secretName: 'orders',
    credential: {
      async getToken(scopes) {
        tokensFor.push(String(scopes))
        return { token: 'secret-token', expiresOnTimestamp: Date.now() + 3_600_000 }
      },
    },
    clientOptions: { ...options, httpClient },
    pollMs: 3_600_000,
  })
  new Ring({ source }).start()
  t.teardown(() => source.stop())
  return {
    source,
    asked,
    tokensFor,
    look: () => source.refresh('requested', AbortSignal.timeout(60_000)),
  }
}

const own = 'orders.vault.azure.net'
const challenge = (resource: string) => ({
  status: 401,
  headers: {
    'www-authenticate': `Bearer authorization="https://login.microsoftonline.com/t", resource="${resource}"`,
  },
})

t.test('a redirect to another host is not followed, whatever the options say', async t => {
  const elsewhere = { status: 307, headers: { location: 'https://evil.example/secrets/orders' } }
  for (const options of [
    {},
    { redirectOptions: { maxRetries: 5, allowCrossOriginRedirects: true } },
  ]) {
    const { asked, look } = follow(t, `https://${own}`, () => elsewhere, options)
    await t.rejects(look(), { message: /HTTP 307.*redirects are not followed/ })
    t.same([...new Set(asked)], [own])
  }
})

t.test('a policy of somebody else’s cannot send a request elsewhere', async t => {
  const { asked, look } = follow(t, `https://${own}`, () => ({ status: 200 }), {
    additionalPolicies: [
      {
        position: 'perCall',
        policy: {
          name: 'detour',
          sendRequest: (request, next) => {
            request.url = request.url.replace(own, 'evil.example')
            return next(request)
          },
        },
      },
    ],
  })
  await t.rejects(look(), { message: /was to go to evil\.example instead of orders\.vault/ })
  t.same(asked, [])
})

t.test('no token is asked for on another host’s behalf', async t => {
  const vaults = [`https://${own}`, 'https://127.0.0.1:1']
  for (const vaultUrl of vaults) {
    for (const resource of ['https://evil.example', 'https://management.azure.com', 'nonsense']) {
      const { tokensFor, look } = follow(t, vaultUrl, () => challenge(resource))
      await t.rejects(look(), { message: /challenge asks for a token for/ }, resource)
      t.same(tokensFor, [], `${vaultUrl} ${resource}`)
    }
    const { tokensFor, look } = follow(t, vaultUrl, () => challenge('https://vault.azure.net'))
    await t.rejects(look(), { message: /HTTP 401/ })
    t.same([...new Set(tokensFor)], ['https://vault.azure.net/.default'], 'its own domain')
  }
})

t.test('behind a proxy that redirects, the other server is never asked', async t => {
  let asked = 0
  const other = createServer((_request, response) => {
    asked += 1
    response.end('{}')
  })
  await new Promise<void>(resolve => other.listen(0, '127.0.0.1', resolve))
  t.teardown(() => new Promise(resolve => other.close(resolve)))
  const azure = await AzureSim.start({ seed: 5 })
  t.teardown(() => azure.stop())
  const address = other.address()
  const port = typeof address === 'object' ? address?.port : 0
  const source = keyVault({
    vaultUrl: azure.vaultUrl,
    secretName: 'orders',
    credential: azure.credential,
    pollMs: 3_600_000,
    clientOptions: {
      tlsOptions: { ca: azure.ca },
      additionalPolicies: [
        {
          position: 'perRetry',
          policy: {
            name: 'redirecting-proxy',
            async sendRequest(request, next) {
              const response = await next(request)
              response.headers.set('location', `http://127.0.0.1:${port}/`)
              return { ...response, status: 302 }
            },
          },
        },
      ],
    },
  })
  new Ring({ source }).start()
  t.teardown(() => source.stop())
  await t.rejects(source.refresh('requested', AbortSignal.timeout(60_000)), {
    message: /HTTP 302/,
  })
  t.equal(asked, 0)
})

t.test('the host of a challenge is read in either spelling', async t => {
  t.equal(
    challengedHost('Bearer authorization="a", resource="https://vault.azure.net"'),
    'vault.azure.net',
  )
  t.equal(challengedHost('Bearer scope="https://vault.azure.cn/.default", x="y"'), 'vault.azure.cn')
  t.equal(challengedHost('Bearer resource=https://v.example'), 'v.example')
  t.equal(challengedHost('Bearer resource="nonsense"'), 'no host')
  t.equal(challengedHost('Basic realm="x"'), null)
})

t.test('a vault is on this machine by its name alone', async t => {
  for (const url of ['https://localhost:1', 'https://127.0.0.1:1', 'https://[::1]:1']) {
    t.ok(isLoopback(url), url)
  }
  for (const url of [
    'https://v.vault.azure.net',
    'https://localhost.example.com',
    'https://127.0.0.1.example.com',
    'https://10.0.0.1',
  ]) {
    t.notOk(isLoopback(url), url)
  }
})
