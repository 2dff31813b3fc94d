import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { AzureSim } from '@keyturn/azure-sim'
import { Coordinator } from '@keyturn/coordinator'
import { Authority, type Issued, Issuer } from '@keyturn/testkit/identity'
import t from 'tap'
import { keyturn } from './support/host.ts'
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
