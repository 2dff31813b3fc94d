import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { json } from 'node:stream/consumers'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { AzureSim } from '@keyturn/azure-sim'
import { Coordinator } from '@keyturn/coordinator'
import { keyVault } from '@keyturn/keyring'
import { Sidecar } from '@keyturn/sidecar'
import { Authority, type Issued, Issuer } from '@keyturn/testkit/identity'
import t, { type Test } from 'tap'

t.setTimeout(600_000)

const scratch = (t: Test): string => {
  const folder = mkdtempSync(join(tmpdir(), 'kt-id-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** A coordinator over TLS, an operator with a certificate, and a sidecar that is known by its own. */
const start = async (t: Test) => {
  const azure = await AzureSim.start({ seed: 2 })
  t.teardown(() => azure.stop())
  setDefaultCACertificates([...getCACertificates('default'), azure.ca])
  const issuer = await Issuer.start()
  t.teardown(() => issuer.stop())
  const [servers, clients] = [await Authority.make('servers'), await Authority.make('clients')]
  const folder = scratch(t)
  const at = (name: string) => join(folder, name)
  const write = (name: string, { cert, key }: Issued) => {
    writeFileSync(at(`${name}.crt`), cert)
    writeFileSync(at(`${name}.key`), key)
  }
  write('server', await servers.issue({ commonName: 'coordinator' }))
  writeFileSync(at('servers.crt'), servers.ca)
  writeFileSync(at('clients.crt'), clients.ca)
  const word = { is: 'none', acceptedBy: 'the test', reason: 'no strays' } as const
  const coordinator = await new Coordinator({
    credential: azure.credential,
    config: {
      dataDirectory: at('data'),
      listen: {
        port: 0,
        tls: {
          ...{ cert: at('server.crt'), key: at('server.key'), clientCa: at('clients.crt') },
          rereadMs: 20,
        },
      },
      access: {
        certificates: { people: { ada: ['operator', 'viewer'] } },
        issuers: [
          {
            ...{ issuer: issuer.url, audience: 'keyturn', clockToleranceMs: 0 },
            members: { is: 'kubernetes', serviceAccounts: ['shop/app'] },
          },
        ],
      },
      turnMs: 20,
      accounts: [
        {
          name: 'orders',
          account: azure.accountId,
          endpoint: azure.endpoint,
          armEndpoint: azure.armEndpoint,
          vault: { url: azure.vaultUrl, secret: 'keyset' },
          policy: { fleet: { is: 'members', names: [] }, evidence: word },
        },
      ],
    },
  }).start()
  t.teardown(() => coordinator.stop())
  const ask = async (client: Issued, path: string, body?: unknown) =>
    new Promise<unknown>((resolve, reject) => {
      const options = { ca: servers.ca, ...client, agent: false }
      const headers = { 'content-type': 'application/json' }
      const method = body === undefined ? 'GET' : 'POST'
      request(`${coordinator.url}${path}`, { ...options, method, headers }, response => {
        resolve(json(response))
      })
        .once('error', reject)
        .end(body === undefined ? undefined : JSON.stringify(body))
    })
  const sidecar = async (name: string, identity: object) => {
    const made = new Sidecar({
      name,
      source: keyVault({
        ...{ vaultUrl: azure.vaultUrl, secretName: 'keyset', credential: azure.credential },
      }),
      socket: at(`${name}.sock`),
      stateDirectory: at(name),
      holdMs: 100,
      joinWaitMs: 60_000,
      coordinator: { url: coordinator.url, caFile: at('servers.crt'), ...identity },
    })
    await made.start()
    t.teardown(() => made.stop())
  }
  return { azure, issuer, servers, clients, at, write, ask, sidecar }
}

/** How many reports of the member the coordinator has taken. */
const reportsOf = async (ask: (path: string) => Promise<unknown>, member: string) => {
  const { members } = (await ask(`/v1/accounts/orders/fleet?member=${member}`)) as {
    members: readonly { reportedMsAgo: number; acknowledged: { version: number } | null }[]
  }
  return members[0] ?? null
}

const until = async (holds: () => Promise<boolean>): Promise<void> => {
  while (!(await holds()));
}

t.test('certificates and authorities rotate under a running sidecar, on both sides', async t => {
  const { servers, clients, at, write, ask, sidecar } = await start(t)
  let ada = await clients.issue({ commonName: 'ada' })
  write('one', await clients.issue({ commonName: 'one' }))
  const certificate = { certFile: at('one.crt'), keyFile: at('one.key') }
  await ask(ada, '/v1/accounts/orders/verbs', { verb: 'adopt' })
  await sidecar('one', { certificate })
  const member = () => reportsOf(path => ask(ada, path), 'one')
  await until(async () => (await member())?.acknowledged?.version === 1)

  t.comment('the server’s certificate')
  write('server', await servers.issue({ commonName: 'renewed' }))
  await until(async () => ((await member())?.reportedMsAgo ?? 1e9) < 50)

  t.comment('the authority of clients: both, then the new one alone')
  const next = await Authority.make('next clients')
  writeFileSync(at('clients.crt'), `${clients.ca}\n${next.ca}`)
  const renewed = await next.issue({ commonName: 'ada' })
  await until(async () => 'progress' in Object(await ask(renewed, '/v1/accounts/orders/fleet')))
  ada = renewed
  writeFileSync(at('clients.crt'), next.ca)
  const old = await clients.issue({ commonName: 'ada' })
  await until(async () => 'code' in Object(await ask(old, '/v1/accounts')))
  // Its certificate is of the former authority: it is heard no more, though its connection stood.
  await until(async () => ((await member())?.reportedMsAgo ?? 0) > 1_500)
  write('one', await next.issue({ commonName: 'one' }))
  await until(async () => ((await member())?.reportedMsAgo ?? 1e9) < 1_500)
  t.pass('and once it is renewed it reports again, without a restart')
})

t.test('a projected token rotates under a running sidecar', async t => {
  const { issuer, clients, at, ask, sidecar } = await start(t)
  const ada = await clients.issue({ commonName: 'ada' })
  await ask(ada, '/v1/accounts/orders/verbs', { verb: 'adopt' })
  const token = (livesMs: number) =>
    issuer.token({
      sub: 'system:serviceaccount:shop:app',
      exp: Math.floor((Date.now() + livesMs) / 1000),
      'kubernetes.io': {
        ...{ namespace: 'shop', serviceaccount: { name: 'app', uid: 's' } },
        pod: { name: 'orders-7', uid: 'u-7' },
      },
    })
  writeFileSync(at('token'), await token(3_600_000))
  await sidecar('orders-7', { tokenFile: at('token') })
  const member = () => reportsOf(path => ask(ada, path), 'orders-7')
  await until(async () => (await member())?.acknowledged?.version === 1)
  t.comment('the next one runs out, and nobody has renewed it yet')
  writeFileSync(at('token'), await token(1_000))
  await until(async () => ((await member())?.reportedMsAgo ?? 0) > 1_500)
  await issuer.rotate()
  writeFileSync(at('token'), await token(3_600_000))
  await until(async () => ((await member())?.reportedMsAgo ?? 1e9) < 1_500)
  t.pass('the next one is read from the same file, though another key signed it')
})
