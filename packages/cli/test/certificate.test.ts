import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AzureSim } from '@keyturn/azure-sim'
import { Coordinator } from '@keyturn/coordinator'
import { Authority, type Issued, Issuer } from '@keyturn/testkit/identity'
import t from 'tap'
import { run } from '../src/run.ts'
import { startAzure } from './support/azure.ts'
import { FakeHost, keyturn } from './support/host.ts'
import { trust } from './support/trust.ts'

t.test('an operator is known by a certificate, or by a token that is renewed', async t => {
  const azure = await AzureSim.start({ seed: 4 })
  t.teardown(() => azure.stop())
  trust(t, azure.ca)
  const issuer = await Issuer.start()
  t.teardown(() => issuer.stop())
  const authority = await Authority.make('everybody')
  const folder = t.testdir({})
  const at = (name: string) => join(folder, name)
  const write = (name: string, { cert, key }: Issued) => {
    writeFileSync(at(`${name}.crt`), cert)
    writeFileSync(at(`${name}.key`), key)
  }
  write('server', await authority.issue({ commonName: 'coordinator' }))
  write('ada', await authority.issue({ commonName: 'ada' }))
  writeFileSync(at('ca.crt'), authority.ca)
  const word = { is: 'none', acceptedBy: 'the test', reason: 'nobody has a key' } as const
  const coordinator = await new Coordinator({
    credential: azure.credential,
    config: {
      dataDirectory: at('data'),
      listen: {
        port: 0,
        tls: { cert: at('server.crt'), key: at('server.key'), clientCa: at('ca.crt') },
      },
      access: {
        certificates: { people: { ada: ['operator'] } },
        issuers: [
          { issuer: issuer.url, audience: 'keyturn', people: { roles: { see: ['viewer'] } } },
        ],
      },
      accounts: [
        {
          name: 'orders',
          account: azure.accountId,
          endpoint: azure.endpoint,
          armEndpoint: azure.armEndpoint,
          vault: { url: azure.vaultUrl, secret: 'keyset' },
          policy: { fleet: word, evidence: word },
        },
      ],
    },
  }).start()
  t.teardown(() => coordinator.stop())
  const where = ['--coordinator', coordinator.url, '--ca', at('ca.crt')]
  const ada = ['--cert', at('ada.crt'), '--cert-key', at('ada.key')]
  t.equal((await keyturn(['init', ...where, ...ada])).code, 0)
  const history = await keyturn(['history', ...where, ...ada])
  t.match(history.out, /ada adopted .*\[127\.0\.0\.1, certificate ada of everybody\]$/m)
  t.match(await keyturn(['history', ...where, ...ada, '--as', 'bob', '--json']), { code: 0 })
  t.match(await keyturn(['init', ...where, ...ada, '--as', 'bob']), {
    code: 1,
    err: /BAD_REQUEST: You are ada/,
  })
  t.match(await keyturn(['status', ...where]), { code: 2, err: /--token-file/ })
  writeFileSync(at('token'), await issuer.token({ sub: 'eve', roles: ['see'] }))
  const eve = ['--token-file', at('token')]
  t.equal((await keyturn(['status', ...where, ...eve])).code, 0)
  t.match(await keyturn(['pause', ...where, ...eve, '--reason', 'no']), {
    code: 1,
    err: /ROLE_MISSING: eve may not/,
  })
})

t.test('a sidecar is known by the certificate that its flags name, and by no other', async t => {
  const azure = await startAzure(t)
  const [servers, members, strangers] = [
    await Authority.make('servers'),
    await Authority.make('members'),
    await Authority.make('strangers'),
  ]
  const folder = t.testdir({})
  // A socket's path is short.
  const short = mkdtempSync(join(tmpdir(), 'keyturn-'))
  t.teardown(() => rmSync(short, { recursive: true, force: true }))
  const at = (name: string) => join(folder, name)
  const write = (name: string, { cert, key }: Issued) => {
    writeFileSync(at(`${name}.crt`), cert)
    writeFileSync(at(`${name}.key`), key)
  }
  write('server', await servers.issue({ commonName: 'coordinator' }))
  write('orders-1', await members.issue({ commonName: 'orders-1' }))
  write('stranger', await strangers.issue({ commonName: 'orders-1' }))
  write('ada', await members.issue({ commonName: 'ada' }))
  writeFileSync(at('servers.crt'), servers.ca)
  writeFileSync(at('members.crt'), members.ca)
  const coordinator = await new Coordinator({
    credential: azure.credential,
    config: {
      dataDirectory: at('data'),
      listen: {
        port: 0,
        tls: { cert: at('server.crt'), key: at('server.key'), clientCa: at('members.crt') },
      },
      access: { certificates: { people: { ada: ['operator', 'viewer'] } } },
      accounts: [
        {
          name: 'orders',
          account: azure.accountId,
          endpoint: azure.endpoint,
          armEndpoint: azure.armEndpoint,
          vault: { url: azure.vaultUrl, secret: 'keyset' },
          policy: {
            fleet: { is: 'members', names: ['orders-1'] },
            evidence: { is: 'none', acceptedBy: 'the test', reason: 'nobody has a key' },
          },
        },
      ],
    },
  }).start()
  t.teardown(() => coordinator.stop())
  const where = ['--coordinator', coordinator.url]
  const ada = ['--ca', at('servers.crt'), '--cert', at('ada.crt'), '--cert-key', at('ada.key')]
  t.equal((await keyturn(['init', ...where, ...ada])).code, 0)

  const sidecar = async (name: string, certificate: string, until: string): Promise<string> => {
    const files = [at('servers.crt'), at(`${certificate}.crt`), at(`${certificate}.key`)]
    const [ca = '', cert = '', key = ''] = files
    const host = new FakeHost(
      [
        ...['sidecar', '--name', name, '--vault', azure.vaultUrl, '--secret', 'keyset', ...where],
        ...['--ca-file', ca, '--cert-file', cert, '--cert-key-file', key],
        ...['--socket', join(short, 's'), '--state', at(`state-${name}`)],
      ],
      azure.environment('operator'),
    )
    const ended = run(host)
    await host.says(until)
    host.end()
    t.equal(await ended, 0)
    return host.out
  }
  t.match(await sidecar('orders-1', 'stranger', 'coordinator-away'), /CERTIFICATE_REFUSED/)
  t.match(await sidecar('orders-2', 'orders-1', 'coordinator-away'), /ROLE_MISSING/)
  const nobody = await keyturn(['fleet', ...where, ...ada, '--all'])
  t.notMatch(nobody.out, /orders-/, 'neither a stranger nor another name has joined')
  await sidecar('orders-1', 'orders-1', '"event":"joined"')
  t.match((await keyturn(['fleet', ...where, ...ada, '--all'])).out, /^orders-1 /m)
})
