import { once } from 'node:events'
import { type ClientRequest, get, type IncomingMessage } from 'node:http'
import { Issuer } from '@keyturn/testkit/identity'
import { base64url, SignJWT, UnsecuredJWT } from 'jose'
import t, { type Test } from 'tap'
import { type Access, accessSchema } from '../../src/access/options.ts'
import { ask, configFor, reportOf, startAzure, startCoordinator, until } from '../support.ts'

const start = async (t: Test, change: object = {}) => {
  const issuer = await Issuer.start()
  t.teardown(() => issuer.stop())
  const azure = await startAzure(t)
  const access = accessSchema.parse({
    issuers: [
      {
        issuer: issuer.url,
        audience: 'keyturn',
        cooldownMs: 0,
        clockToleranceMs: 60_000,
        people: { roles: { ops: ['operator'], seniors: ['operator', 'approver'] } },
        members: { is: 'claim', claim: 'azp', names: { fleet: ['one', 'two-*'] } },
        ...change,
      },
    ],
  }) satisfies Access
  const coordinator = await startCoordinator(t, azure, { ...configFor(t, azure), access })
  const get = (token: string) => ask(coordinator, 'GET', '/v1/accounts', undefined, token)
  const verb = (body: unknown, token: string) =>
    ask(coordinator, 'POST', '/v1/accounts/orders/verbs', body, token)
  return { issuer, azure, coordinator, get, verb }
}

const now = () => Math.floor(Date.now() / 1000)

t.test('a person is known by a token of their issuer, and by nothing less', async t => {
  const { issuer, get, coordinator } = await start(t)
  const ada = { sub: 'ada', roles: ['ops'] }
  t.equal((await get(await issuer.token(ada))).status, 200)
  t.same(coordinator.tokens, {}, 'where people and members are known, no token of our own is made')
  const foreign = await Issuer.start()
  t.teardown(() => foreign.stop())
  const jwk = await issuer.publicJwk()
  const asSecret = base64url.decode(String(jwk['x']))
  const refused: readonly (readonly [string, string | Promise<string>])[] = [
    ['another audience', issuer.token({ ...ada, aud: 'other' })],
    ['no audience', issuer.token({ ...ada, aud: [] })],
    ['expired', issuer.token({ ...ada, exp: now() - 61 })],
    ['not yet valid', issuer.token({ ...ada, nbf: now() + 3_600 })],
    ['another issuer', foreign.token(ada)],
    ['another issuer that says it is this one', foreign.token({ ...ada, iss: issuer.url })],
    ['no subject', issuer.token({ roles: ['ops'] })],
    ['garbage', 'a.b.c'],
    ['no token', 'garbage'],
    [
      'no signature',
      new UnsecuredJWT({ ...ada, iss: issuer.url, aud: 'keyturn', exp: now() + 60 }).encode(),
    ],
    [
      'a public key taken for a secret',
      new SignJWT({ ...ada, iss: issuer.url, aud: 'keyturn', exp: now() + 60 })
        .setProtectedHeader({ alg: 'HS256', kid: String(jwk['kid']) })
        .sign(asSecret),
    ],
  ]
  for (const [why, token] of refused) {
    t.match(await get(await token), { status: 401, body: { code: 'TOKEN_REFUSED' } }, why)
  }
  t.equal((await get(await issuer.token({ ...ada, exp: now() - 2 }))).status, 200, 'clocks differ')
  t.match(await get(await issuer.token({ sub: 'eve', roles: ['other'] })), {
    status: 403,
    body: { code: 'ROLE_MISSING' },
  })
})

t.test('keys rotate under it, and an issuer that is away is no wrong token', async t => {
  const { issuer, get } = await start(t)
  const ada = { sub: 'ada', roles: ['ops'] }
  const old = await issuer.token(ada)
  t.equal((await get(old)).status, 200)
  t.equal((await get(await issuer.token(ada))).status, 200)
  t.equal(issuer.reads, 1, 'keys are kept')
  await issuer.rotate()
  t.equal((await get(await issuer.token(ada))).status, 200, 'a new key is looked for')
  t.equal((await get(old)).status, 401, 'and the old one is believed no more')
  issuer.isAway = true
  t.equal((await get(await issuer.token(ada))).status, 200, 'known keys serve meanwhile')
  await issuer.rotate()
  const unknown = await get(await issuer.token(ada))
  t.not(unknown.status, 200, 'a key that nobody has seen does not')
  issuer.isAway = false
  t.equal((await get(await issuer.token(ada))).status, 200)
})

t.test('an issuer that was never reached, or whose document is another’s', async t => {
  const { issuer, get } = await start(t)
  issuer.isAway = true
  const token = await issuer.token({ sub: 'ada', roles: ['ops'] })
  t.match(await get(token), { status: 503, body: { code: 'ISSUER_UNREACHABLE' } })
  issuer.isAway = false
  issuer.says = 'https://elsewhere.example'
  t.match(await get(token), { status: 503, body: { code: 'ISSUER_UNREACHABLE' } })
  issuer.says = issuer.url
  issuer.keysAt = `${issuer.url.replace('127.0.0.1', '0.0.0.0')}/keys`
  t.match(await get(token), { status: 503 }, 'keys are never read in the clear')
  issuer.keysAt = `${issuer.url}/keys`
  t.equal((await get(token)).status, 200, 'and it heals by itself')
})

t.test('whoever leaves before it is known who they are takes no place', async t => {
  const { issuer, coordinator } = await start(t)
  const authorization = `Bearer ${await issuer.token({ sub: 'ada', roles: ['ops'] })}`
  const { promise, resolve: answer } = Promise.withResolvers<void>()
  issuer.held = promise
  const open = async (): Promise<ClientRequest> => {
    const path = '/v1/accounts/orders/events'
    const asked = get(`${coordinator.url}${path}`, { agent: false, headers: { authorization } })
    asked.on('error', () => undefined)
    await once(asked, 'finish')
    return asked
  }
  const all = await Promise.all(Array.from({ length: 32 }, open))
  for (const asked of all) asked.destroy()
  answer()
  await until(async () => {
    const asked = await open()
    const [{ statusCode }] = (await once(asked, 'response')) as [IncomingMessage]
    asked.destroy()
    return statusCode === 200
  })
  t.pass('there are places')
})

t.test('whoever started a rotation cannot approve it, whatever they call themselves', async t => {
  const issuer = await Issuer.start()
  t.teardown(() => issuer.stop())
  const azure = await startAzure(t)
  const config = configFor(t, azure)
  const [account] = config.accounts
  const word = { is: 'none', acceptedBy: 'the test', reason: 'nobody has a key' } as const
  const policy = {
    ...account?.policy,
    fleet: word,
    evidence: word,
    approval: { before: ['fencing-standby' as const], by: ['ada', 'bob'] },
  }
  const coordinator = await startCoordinator(t, azure, {
    ...config,
    accounts: account ? [{ ...account, policy }] : [],
    access: {
      issuers: [
        {
          issuer: issuer.url,
          audience: 'keyturn',
          people: { roles: { seniors: ['operator', 'approver'] } },
        },
      ],
    },
  })
  t.same(Object.keys(coordinator.tokens), ['member'], 'members are known by nothing else here')
  const verb = async (who: string, body: unknown, said?: string) => {
    const token = await issuer.token({ sub: who, roles: ['seniors'] })
    const response = await fetch(`${coordinator.url}/v1/accounts/orders/verbs`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        ...(said === undefined ? {} : { 'keyturn-operator': said }),
      },
      body: JSON.stringify(body),
    })
    return { status: response.status, body: (await response.json()) as { code?: string } }
  }
  t.equal((await verb('ada', { verb: 'adopt' })).status, 200)
  const rotate = { verb: 'rotate', reason: 'due' }
  t.match(await verb('ada', rotate, 'bob'), { status: 400, body: { code: 'BAD_REQUEST' } })
  t.equal((await verb('ada', rotate)).status, 200)
  const approve = { verb: 'approve' }
  t.match(await verb('ada', approve), { status: 409, body: { code: 'NOT_AN_APPROVER' } })
  t.match(await verb('ada', approve, 'bob'), { status: 400 }, 'nor by another name')
  t.match(await verb('eve', approve), { status: 409, body: { code: 'NOT_AN_APPROVER' } })
  t.equal((await verb('bob', approve)).status, 200)
})

t.test('a member reports for itself only, by its token', async t => {
  const { issuer, azure, coordinator } = await start(t)
  const token = await issuer.token({ sub: 's', azp: 'fleet' })
  const report = (name: string) =>
    ask(coordinator, 'POST', `/v1/members/${name}/reports`, reportOf(azure, name, {}), token)
  t.equal((await report('one')).status, 200)
  t.equal((await report('two-5')).status, 200)
  t.match(await report('three'), { status: 403, body: { code: 'ROLE_MISSING' } })
  t.match(await ask(coordinator, 'GET', '/v1/accounts', undefined, token), { status: 403 })
})
