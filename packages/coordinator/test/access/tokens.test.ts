import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { roles } from '@keyturn/protocol'
import t from 'tap'
import { accessSchema, tokenRoles } from '../../src/access/options.ts'
import { openTokens } from '../../src/access/tokens.ts'
import { ask, configFor, startAzure, startCoordinator } from '../support.ts'

t.test('tokens in files are for their owner, and stay as they are', async t => {
  const folder = t.testdir({})
  const { plain } = openTokens(folder, 'files', roles)
  t.same(Object.keys(plain), roles)
  t.equal(new Set(Object.values(plain)).size, 4)
  for (const role of roles) {
    const path = join(folder, `${role}.token`)
    t.equal(statSync(path).mode & 0o777, 0o600)
    t.equal(readFileSync(path, 'utf8').trim(), plain[role])
  }
  t.same(openTokens(folder, 'files', roles).plain, plain)
})

t.test('printed tokens are said once, and kept as hashes', async t => {
  const azure = await startAzure(t)
  const config = { ...configFor(t, azure), access: { tokens: { are: 'printed' as const } } }
  const first = await startCoordinator(t, azure, config)
  const { tokens } = first
  t.same(Object.keys(tokens), roles)
  await first.stop()
  const second = await startCoordinator(t, azure, config)
  t.same(second.tokens, {}, 'nobody can say them again')
  const get = (token: string | undefined) => ask(second, 'GET', '/v1/accounts', undefined, token)
  t.equal((await get(tokens.viewer)).status, 200)
  t.equal((await get('another')).status, 401)
  for (const file of readdirSync(config.dataDirectory)) {
    const content = readFileSync(join(config.dataDirectory, file), 'latin1')
    for (const token of Object.values(tokens)) t.notOk(content.includes(token), file)
  }
})

t.test('a token of our own is made for those of whom nothing else knows anybody', async t => {
  const of = (access: object) => tokenRoles(accessSchema.parse(access))
  const people = { people: { roles: { ops: ['operator'] } } }
  const members = { members: { is: 'kubernetes', serviceAccounts: ['shop/app'] } }
  const issuer = { issuer: 'https://issuer.example', audience: 'keyturn' }
  t.same(of({}), roles)
  t.same(of({ issuers: [{ ...issuer, ...people }] }), ['member'])
  t.same(of({ issuers: [{ ...issuer, ...members }] }), ['viewer', 'operator', 'approver'])
  t.same(of({ issuers: [{ ...issuer, ...members, ...people }] }), [])
  t.same(of({ certificates: {} }), ['viewer', 'operator', 'approver'])
  t.same(of({ certificates: { people: { ada: ['operator'] } } }), [])
  t.same(of({ certificates: { members: false } }), roles)
  t.same(of({ tokens: { are: 'none' } }), [])
  t.same(of({ issuers: [{ ...issuer, ...people }], tokens: { roles: ['viewer'] } }), ['viewer'])
})

t.test('who may ask is said wholly, or not at all', async t => {
  const bad = [
    { issuers: [{ issuer: 'https://i.example', audience: 'a' }] },
    { issuers: [{ issuer: 'kubernetes', audience: 'a', people: { roles: {} } }] },
    {
      issuers: [{ issuer: 'x', jwks: 'http://i.example/k', audience: 'a', people: { roles: {} } }],
    },
    { issuers: [{ issuer: 'x', jwks: 'no URL', audience: 'a', people: { roles: {} } }] },
    { issuers: [{ issuer: 'http://i.example', audience: 'a', people: { roles: {} } }] },
    { issuers: [{ issuer: 'https://i.example', people: { roles: {} } }] },
    {
      issuers: [
        {
          issuer: 'https://i.example',
          audience: 'a',
          algorithms: ['HS256'],
          people: { roles: {} },
        },
      ],
    },
    {
      issuers: [{ issuer: 'https://i.example', audience: 'a', people: { roles: { x: ['king'] } } }],
    },
    { tokens: { are: 'somewhere' } },
  ]
  for (const access of bad) {
    t.notOk(accessSchema.safeParse(access).success, JSON.stringify(access))
  }
})
