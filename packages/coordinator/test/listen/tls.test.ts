import { writeFileSync } from 'node:fs'
import { type Agent, request } from 'node:https'
import { join } from 'node:path'
import { json } from 'node:stream/consumers'
import { connect, type SecureContextOptions } from 'node:tls'
import { Authority, type Issued } from '@keyturn/testkit/identity'
import { pino } from 'pino'
import t, { type Test } from 'tap'
import { Coordinator, type CoordinatorConfigInput } from '../../src/index.ts'
import { CertificateFiles } from '../../src/listen/tls-files.ts'
import { configFor, reportOf, startAzure, startCoordinator, until } from '../support.ts'

interface Asked {
  readonly ca: string
  readonly client?: Issued
  readonly path: string
  readonly body?: unknown
  readonly token?: string
  readonly agent?: Agent
}

interface Told {
  readonly status: number
  readonly body: Record<string, unknown>
}

const ask = (url: string, { ca, client, path, body, token }: Asked): Promise<Told> =>
  new Promise((resolve, reject) => {
    const sent = request(
      `${url}${path}`,
      {
        ...{ ca, ...client, agent: false, method: body === undefined ? 'GET' : 'POST' },
        headers: {
          'content-type': 'application/json',
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        },
      },
      async response => {
        const told = (await json(response)) as Record<string, unknown>
        resolve({ status: response.statusCode ?? 0, body: told })
      },
    )
    sent.once('error', reject).end(body === undefined ? undefined : JSON.stringify(body))
  })

/** The authorities of both sides, and where a coordinator's files lie. */
const startFiles = async (t: Test, directory = t.testdir()) => {
  const [servers, clients] = [await Authority.make('servers'), await Authority.make('clients')]
  const at = (name: string) => join(directory, name)
  const write = ({ cert, key }: Issued) => {
    writeFileSync(at('tls.crt'), cert)
    writeFileSync(at('tls.key'), key)
  }
  return { servers, clients, at, write }
}

/** A coordinator over TLS, its files, and the authorities of both sides. */
const start = async (t: Test, access: CoordinatorConfigInput['access'] = {}) => {
  const azure = await startAzure(t)
  const config = configFor(t, azure)
  const { servers, clients, at, write } = await startFiles(t, config.dataDirectory)
  write(await servers.issue({ commonName: 'coordinator' }))
  writeFileSync(at('ca.crt'), clients.ca)
  const coordinator = await startCoordinator(t, azure, {
    ...config,
    listen: {
      port: 0,
      tls: { cert: at('tls.crt'), key: at('tls.key'), clientCa: at('ca.crt'), rereadMs: 10 },
    },
    access: { certificates: { people: { ada: ['operator', 'viewer'] } }, ...access },
  })
  return { azure, coordinator, servers, clients, at, write }
}

t.test('members report by certificate, for themselves; people are named by theirs', async t => {
  const { azure, coordinator, servers, clients } = await start(t)
  const { url } = coordinator
  t.match(url, /^https:/)
  t.same(coordinator.tokens, {}, 'nobody needs a token')
  const { ca } = servers
  const one = await clients.issue({ commonName: 'one' })
  const report = (client: Issued, name: string) => {
    const path = `/v1/members/${name}/reports`
    return ask(url, { ca, client, path, body: reportOf(azure, name, {}) })
  }
  t.equal((await report(one, 'one')).status, 200)
  t.match(await report(one, 'two'), { status: 403, body: { code: 'ROLE_MISSING' } })
  const accounts = { ca, path: '/v1/accounts' }
  t.match(await ask(url, { ...accounts, client: one }), { status: 403 })
  const ada = await clients.issue({ commonName: 'ada' })
  t.equal((await ask(url, { ...accounts, client: ada })).status, 200)
  t.match(await report(ada, 'ada'), { status: 403 }, 'a person is no member')
  t.match(await ask(url, accounts), { status: 401, body: { code: 'TOKEN_MISSING' } })
  const health = await ask(url, { ca, path: '/healthz' })
  t.same(health, { status: 200, body: { status: 'ok' } }, 'a probe presents nothing')
  const forged = await (await Authority.make('clients')).issue({ commonName: 'ada' })
  t.match(await ask(url, { ...accounts, client: forged }), {
    status: 401,
    body: { code: 'CERTIFICATE_REFUSED' },
  })
  const late = await clients.issue({ commonName: 'ada', validMs: -1_000 })
  t.match(await ask(url, { ...accounts, client: late }), { status: 401 })
  t.match(await ask(url, { ...accounts, client: ada, token: 'garbage' }), {
    status: 401,
    body: { code: 'TOKEN_REFUSED' },
  })
  const adopted = { ca, client: ada, path: '/v1/accounts/orders/verbs', body: { verb: 'adopt' } }
  t.equal((await ask(url, adopted)).status, 200)
  const history = { ca, client: ada, path: '/v1/accounts/orders/history' }
  t.match((await ask(url, history)).body, [{ event: { type: 'adopted', by: 'ada' } }])
})

t.test('names may stand in other places of a certificate', async t => {
  for (const [name, commonName] of [
    ['dns', 'whatever'],
    ['uri', 'whatever'],
  ] as const) {
    const { azure, coordinator, servers, clients } = await start(t, { certificates: { name } })
    const client = await clients.issue({
      commonName,
      dns: ['orders-1'],
      uris: ['spiffe://example.org/ns/shop/pod/orders-1'],
    })
    const report = (member: string) => {
      const path = `/v1/members/${member}/reports`
      return ask(coordinator.url, {
        ...{ ca: servers.ca, client, path, body: reportOf(azure, member, {}) },
      })
    }
    t.equal((await report('orders-1')).status, 200, name)
    t.equal((await report(commonName)).status, 403, name)
  }
})

t.test('a person’s namesake in another namespace is not that person', async t => {
  const id = 'spiffe://example.org/ns/ops/sa/ada'
  const people = { [id]: ['operator' as const] }
  const { coordinator, servers, clients } = await start(t, {
    certificates: { name: 'uri', people },
  })
  const accounts = async (uri: string) => {
    const client = await clients.issue({ commonName: 'whatever', uris: [uri] })
    return ask(coordinator.url, { ca: servers.ca, client, path: '/v1/accounts' })
  }
  t.equal((await accounts(id)).status, 200)
  t.equal((await accounts('spiffe://example.org/ns/shop/sa/ada')).status, 403)
  const bare = await start(t, { certificates: { name: 'uri', people: { ada: ['operator'] } } })
  const client = await bare.clients.issue({ commonName: 'whatever', uris: [id] })
  const { url } = bare.coordinator
  const answer = await ask(url, { ca: bare.servers.ca, client, path: '/v1/accounts' })
  t.equal(answer.status, 403, 'nor is it by the last part alone')
})

/** The subject of the certificate that the server shows now. */
const shown = (url: string, ca: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port: Number(new URL(url).port), ca }, () => {
      const { subject } = socket.getPeerCertificate()
      socket.destroy()
      resolve(String(subject.CN))
    })
    socket.once('error', reject)
  })

t.test('certificates are renewed under it, halves of them are not taken', async t => {
  const { coordinator, servers, clients, at, write } = await start(t)
  const { url } = coordinator
  const { ca } = servers
  t.equal(await shown(url, ca), 'coordinator')
  const second = await servers.issue({ commonName: 'second' })
  writeFileSync(at('tls.crt'), second.cert)
  t.equal(await shown(url, ca), 'coordinator', 'the key does not fit yet')
  writeFileSync(at('tls.key'), second.key)
  await until(async () => (await shown(url, ca)) === 'second')
  writeFileSync(at('tls.crt'), 'half of')
  write(await servers.issue({ commonName: 'third' }))
  await until(async () => (await shown(url, ca)) === 'third')

  const next = await Authority.make('next clients')
  const old = await clients.issue({ commonName: 'ada' })
  const fresh = await next.issue({ commonName: 'ada' })
  const accounts = (client: Issued) => ask(url, { ca, client, path: '/v1/accounts' })
  t.equal((await accounts(fresh)).status, 401)
  writeFileSync(at('ca.crt'), next.ca)
  await until(async () => (await accounts(fresh)).status === 200)
  t.equal((await accounts(old)).status, 401, 'the former authority lets nobody in any more')
})

t.test('an authority’s file that is just being written lets nobody in', async t => {
  const { servers, clients, at, write } = await startFiles(t)
  write(await servers.issue({ commonName: 'coordinator' }))
  const files = { cert: at('tls.crt'), key: at('tls.key'), clientCa: at('ca.crt'), rereadMs: 10 }
  for (const unfinished of ['', '\n', '-----BEGIN CERTIFICATE-----\nMIIB']) {
    writeFileSync(at('ca.crt'), unfinished)
    t.throws(() => new CertificateFiles(files), JSON.stringify(unfinished))
  }
  writeFileSync(at('ca.crt'), clients.ca)
  const held = new CertificateFiles(files)
  const taken: SecureContextOptions[] = []
  const server = {
    setSecureContext: (context: SecureContextOptions) => void taken.push(context),
    closeIdleConnections: () => undefined,
  }
  const over = new AbortController()
  const looks = ['', clients.ca, (await Authority.make('next')).ca]
  const clock = {
    now: () => 0,
    sleep: async () => {
      const next = looks.shift()
      if (next === undefined) over.abort()
      else writeFileSync(at('ca.crt'), next)
    },
  }
  const log = pino({ enabled: false })
  const last = looks.at(-1)
  await held.follow(server, { clock, log, signal: over.signal })
  t.same(
    taken.map(({ ca }) => ca),
    [last],
    'what was empty for a moment was never taken',
  )
})

t.test('plain HTTP leaves the machine only by somebody’s written word', async t => {
  const azure = await startAzure(t)
  const { credential } = azure
  const config = configFor(t, azure)
  const beyond = { host: '0.0.0.0', port: 0 }
  t.throws(() => new Coordinator({ credential, config: { ...config, listen: beyond } }), {
    message: /beyond loopback/,
  })
  const plain = { acceptedBy: 'ada', reason: 'the mesh has the TLS' }
  const listen = { ...beyond, plain }
  const coordinator = await new Coordinator({ credential, config: { ...config, listen } }).start()
  await coordinator.stop()
  const missing = { cert: '/nowhere', key: '/nowhere' }
  const secure = new Coordinator({
    credential,
    config: { ...config, listen: { port: 0, tls: missing } },
  })
  await t.rejects(secure.start(), { code: 'ENOENT' })
})
