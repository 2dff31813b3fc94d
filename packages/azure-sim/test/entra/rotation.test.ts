import { ManagedIdentityCredential } from '@azure/identity'
import { createRemoteJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose'
import t from 'tap'
import { AzureSim, actions, VirtualClock } from '../../src/index.ts'
import { rawRequest, secretClient, trust } from '../clients.ts'

const arm = 'https://management.azure.com/.default'
const sim = await AzureSim.start({
  seed: 4,
  principals: {
    app: { roles: ['Key Vault Secrets User'], appRoles: ['Orders.Read'] },
    watcher: { roles: ['Cosmos DB Account Reader Role'] },
    hands: { roles: ['Cosmos DB Operator'] },
    contributor: { roles: ['Contributor'] },
  },
})
t.teardown(() => sim.stop())
trust(sim)
const jwksUrl = `${sim.authorityHost}/${sim.tenantId}/discovery/v2.0/keys`
const keyIds = async () => {
  const { body } = await rawRequest(jwksUrl)
  return (body as { keys: { kid: string }[] }).keys.map(({ kid }) => kid)
}
const askArm = (token: string) =>
  rawRequest(`${sim.armEndpoint}${sim.accountId}?api-version=2026-03-15`, {
    headers: { authorization: `Bearer ${token}` },
  })
const askVault = (token: string) =>
  rawRequest(`${sim.vaultUrl}/secrets?api-version=7.5`, {
    headers: { authorization: `Bearer ${token}` },
  })

t.test('anybody can verify a token with the published keys', async t => {
  const { token } = await sim.credential.getToken(arm)
  const { payload } = await jwtVerify(token, createRemoteJWKSet(new URL(jwksUrl)))
  t.equal(payload['tid'], sim.tenantId)
})

t.test('the next signing key is published before it signs, the former stays', async t => {
  const former = await sim.credentialOf('operator').getToken(arm)
  const [first, next, ...none] = await keyIds()
  t.same(none, [])
  await sim.rotateSigningKey()
  const { token } = await sim.credentialOf('operator').getToken(arm)
  t.equal(decodeProtectedHeader(token).kid, next)
  t.equal((await askArm(token)).status, 200)
  t.equal((await askArm(former.token)).status, 200, 'what it signed is still good')
  const ids = await keyIds()
  t.equal(ids.length, 3)
  t.ok(first && ids.includes(first))
})

t.test('a retired key takes its tokens with it, in the recorded words', async t => {
  const { token } = await sim.credentialOf('operator').getToken('https://vault.azure.net/.default')
  const forArm = await sim.credentialOf('operator').getToken(arm)
  await sim.rotateSigningKey({ retire: true })
  t.match(await askVault(token), {
    status: 401,
    body: {
      error: { message: /^AKV10046: Unable to resolve the key used for signature validation\./ },
    },
  })
  t.match(await askArm(forArm.token), {
    status: 401,
    body: { error: { code: 'InvalidAuthenticationToken' } },
  })
  t.equal((await keyIds()).length, 2)
})

t.test('app roles are in the token, scopes of users are not', async t => {
  const { token } = await sim.credentialOf('app').getToken('https://vault.azure.net/.default')
  t.match(decodeJwt(token), { roles: ['Orders.Read'], idtyp: 'app' })
  t.notOk('scp' in decodeJwt(token))
})

t.test('Azure’s built-in roles grant what they grant, and no more', async t => {
  const may = async (name: string, method: string, path: string) => {
    const { token } = await sim.credentialOf(name).getToken(arm)
    const url = `${sim.armEndpoint}${sim.accountId}${path}?api-version=2026-03-15`
    const answer = await rawRequest(url, { method, headers: { authorization: `Bearer ${token}` } })
    return answer.status !== 403
  }
  t.same(
    [
      await may('watcher', 'GET', ''),
      await may('watcher', 'POST', '/readonlykeys'),
      await may('watcher', 'GET', '/metricDefinitions'),
      await may('watcher', 'POST', '/listKeys'),
      await may('watcher', 'PATCH', ''),
    ],
    [true, true, true, false, false],
  )
  t.same(
    [
      await may('hands', 'POST', '/offlineRegion'),
      await may('hands', 'POST', '/regenerateKey'),
      await may('hands', 'POST', '/listKeys'),
      await may('hands', 'POST', '/readonlykeys'),
      await may('hands', 'POST', '/listConnectionStrings'),
    ],
    [true, false, false, false, false],
  )
  t.ok(await may('contributor', 'POST', '/listKeys'))
  const vaultOf = (name: string) => secretClient(sim, sim.credentialOf(name))
  await secretClient(sim).setSecret('x', 'v')
  t.equal((await vaultOf('app').getSecret('x')).value, 'v')
  await t.rejects(vaultOf('app').setSecret('x', 'w'), { code: 'Forbidden' })
  await t.rejects(vaultOf('contributor').getSecret('x'), { code: 'Forbidden' })
})

t.test('each action of ARM is refused by its name where it is not granted', async t => {
  const bare = await AzureSim.start({ seed: 5, principals: { nobody: { actions: [] } } })
  t.teardown(() => bare.stop())
  trust(bare)
  const { token } = await bare.credentialOf('nobody').getToken(arm)
  const calls: [string, string, string][] = [
    ['GET', '', actions.accountRead],
    ['PUT', '', actions.accountWrite],
    ['PATCH', '', actions.accountWrite],
    ['DELETE', '', actions.accountDelete],
    ['POST', '/listKeys', actions.listKeys],
    ['POST', '/readonlykeys', actions.readOnlyKeys],
    ['GET', '/readonlykeys', actions.readOnlyKeysRead],
    ['POST', '/listConnectionStrings', actions.listConnectionStrings],
    ['POST', '/regenerateKey', actions.regenerateKey],
    ['POST', '/failoverPriorityChange', actions.failover],
    ['POST', '/offlineRegion', actions.offlineRegion],
    ['POST', '/onlineRegion', actions.onlineRegion],
    ['GET', '/metrics', actions.metrics],
    ['GET', '/metricDefinitions', actions.metricDefinitions],
    ['GET', '/region/West%20US/metrics', actions.regionMetrics],
    ['GET', '/usages', actions.usages],
  ]
  for (const [method, path, action] of calls) {
    const url = `${bare.armEndpoint}${bare.accountId}${path}?api-version=2026-03-15`
    const answer = await rawRequest(url, { method, headers: { authorization: `Bearer ${token}` } })
    t.match(
      answer,
      { status: 403, body: { error: { code: 'AuthorizationFailed' } } },
      `${method} ${path}`,
    )
    t.ok(answer.text.includes(`perform action '${action}'`), action)
  }
})

t.test('a managed identity is asked for where App Service says', async t => {
  for (const [name, value] of Object.entries(sim.managedIdentity('app'))) {
    process.env[name] = value
    t.teardown(() => delete process.env[name])
  }
  const credential = new ManagedIdentityCredential({ tlsOptions: { ca: sim.ca } } as object)
  const { token, expiresOnTimestamp } = await credential.getToken(
    'https://vault.azure.net/.default',
  )
  t.equal(decodeJwt(token)['oid'], sim.principals['app']?.objectId)
  t.ok(expiresOnTimestamp > Date.now())
  const { IDENTITY_ENDPOINT: endpoint, IDENTITY_HEADER: header } = sim.managedIdentity('app')
  const ask = (query: string, secret = header) =>
    rawRequest(`${endpoint}?${query}`, { headers: { 'x-identity-header': secret } })
  const good = 'api-version=2019-08-01&resource=https://vault.azure.net'
  t.equal((await ask(good)).status, 200)
  t.equal((await ask(good, 'guess')).status, 401)
  t.equal((await ask('resource=https://vault.azure.net')).status, 400)
  t.equal((await ask('api-version=2019-08-01&resource=x')).status, 400)
  t.equal((await ask(`${good}&client_id=${sim.tenantId}`)).status, 400)
})

t.test('an expired token is refused in the recorded words', async t => {
  const clock = new VirtualClock(Date.parse('2017-08-17T22:00:00Z'))
  const old = await AzureSim.start({ clock, tokenLifetimeSeconds: 3_281 })
  t.teardown(() => old.stop())
  trust(old)
  const { token } = await old.credential.getToken(arm)
  clock.advance(3_343_000)
  const answer = await rawRequest(`${old.armEndpoint}${old.accountId}?api-version=2026-03-15`, {
    headers: { authorization: `Bearer ${token}` },
  })
  t.match(answer, {
    status: 401,
    body: {
      error: {
        code: 'ExpiredAuthenticationToken',
        message:
          "The access token expiry UTC time '8/17/2017 10:54:41 PM' is earlier than current UTC " +
          "time '8/17/2017 10:55:43 PM'.",
      },
    },
  })
})

t.test('what a form lacks is named', async t => {
  const url = `${sim.authorityHost}/${sim.tenantId}/oauth2/v2.0/token`
  const { clientId, clientSecret } = sim.principals['operator'] ?? {}
  const whole = {
    grant_type: 'client_credentials',
    client_id: `${clientId}`,
    client_secret: `${clientSecret}`,
    scope: arm,
  }
  const ask = async (change: Record<string, string>) => {
    const body = new URLSearchParams({ ...whole, ...change })
    const answer = await rawRequest(url, { method: 'POST', body })
    return (answer.body as { error_codes?: number[] }).error_codes?.[0] ?? answer.status
  }
  t.equal(await ask({}), 200)
  t.equal(await ask({ grant_type: '' }), 900144)
  t.equal(await ask({ client_id: '' }), 900144)
  t.equal(await ask({ scope: '' }), 900144)
  t.equal(await ask({ grant_type: 'password' }), 70003)
  t.equal(await ask({ scope: 'https://management.azure.com/user_impersonation' }), 1002012)
  t.equal(await ask({ scope: 'https://example.org/.default' }), 500011)
  t.equal(await ask({ client_secret: 'x' }), 7000215)
  t.equal(await ask({ client_id: sim.tenantId }), 700016)
})
