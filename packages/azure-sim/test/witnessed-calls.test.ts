import t from 'tap'
import { AzureSim } from '../src/index.ts'
import { armRequest, rawRequest, trust } from './clients.ts'

const sim = await AzureSim.start({
  seed: 81,
  management: { durationMs: 0 },
  geography: { durationMs: 0, lingerMs: 0, writeGapMs: 0 },
  regeneration: { durationMs: 0 },
  weather: { vault: { deleteMs: 0, recoverMs: 0, purgeMs: 0 } },
})
t.teardown(() => sim.stop())
trust(sim)
const caller = sim.principals['operator']?.clientId
const { token } = await sim.credential.getToken('https://vault.azure.net/.default')
const vault = (method: string, path: string, body?: object) =>
  rawRequest(`${sim.vaultUrl}${path}?api-version=7.5`, {
    method,
    headers: { authorization: `Bearer ${token}` },
    ...(body ? { body: JSON.stringify(body) } : {}),
  })
const hidden = 'a value that nobody may read here'

t.test('each ARM call is witnessed: who, what, where and what came of it', async t => {
  const policies = [
    { locationName: 'North Europe', failoverPriority: 0 },
    { locationName: 'West US', failoverPriority: 1 },
  ]
  const whole = { databaseAccountOfferType: 'Standard', locations: policies }
  const calls: [string, string, unknown, number, unknown][] = [
    ['GET', '', undefined, 200, undefined],
    ['POST', '/listKeys', undefined, 200, undefined],
    ['POST', '/listConnectionStrings', undefined, 200, undefined],
    ['POST', '/regenerateKey', { keyKind: 'secondary' }, 202, { keyKind: 'secondary' }],
    ['PATCH', '', { tags: { note: hidden } }, 200, { properties: [] }],
    [
      'PATCH',
      '',
      { properties: { keyVaultKeyUri: hidden } },
      200,
      { properties: ['keyVaultKeyUri'] },
    ],
    ['POST', '/failoverPriorityChange', { failoverPolicies: policies }, 202, {}],
    ['POST', '/offlineRegion', { region: 'West US' }, 202, { region: 'West US' }],
    ['POST', '/onlineRegion', { region: 'West US' }, 202, { region: 'West US' }],
    ['GET', '/usages', undefined, 200, undefined],
    ['DELETE', '', undefined, 202, undefined],
    ['GET', '', undefined, 404, undefined],
    ['PUT', '', { properties: whole }, 200, { properties: Object.keys(whole) }],
  ]
  for (const [verb, path, body, status, note] of calls) {
    t.equal((await armRequest(sim, verb, path, { body })).status, status, `${verb} ${path}`)
    const last = sim.witness.testimony().arm.at(-1)
    t.match(last, { verb, path: `${sim.accountId}${path}`, status, caller }, `${verb} ${path}`)
    if (note !== undefined) t.match(last?.body, note)
    t.type(last?.at, 'number')
    t.notOk(last && 'fault' in last)
  }
})

t.test('each vault call is witnessed likewise', async t => {
  const calls: [string, string, object | undefined, number][] = [
    ['PUT', '/secrets/x', { value: hidden, tags: { a: hidden } }, 200],
    ['GET', '/secrets/x', undefined, 200],
    ['GET', '/secrets/x/versions', undefined, 200],
    ['PATCH', '/secrets/x/', { contentType: hidden }, 200],
    ['POST', '/secrets/x/backup', undefined, 200],
    ['DELETE', '/secrets/x', undefined, 200],
    ['POST', '/deletedsecrets/x/recover', undefined, 200],
    ['DELETE', '/secrets/x', undefined, 200],
    ['DELETE', '/deletedsecrets/x', undefined, 204],
    ['GET', '/secrets/x', undefined, 404],
    ['POST', '/secrets/restore', { value: hidden }, 400],
  ]
  for (const [verb, path, body, status] of calls) {
    t.equal((await vault(verb, path, body)).status, status, `${verb} ${path}`)
    const last = sim.witness.testimony().vault.at(-1)
    t.match(last, { verb, path, status, caller }, `${verb} ${path}`)
  }
})

t.test('who is not let in is witnessed without a name', async t => {
  await rawRequest(`${sim.vaultUrl}/secrets/x?api-version=7.5`)
  t.match(sim.witness.testimony().vault.at(-1), { status: 401, caller: undefined })
  await rawRequest(`${sim.armEndpoint}${sim.accountId}?api-version=2026-03-15`)
  t.match(sim.witness.testimony().arm.at(-1), { status: 401, caller: undefined })
})

t.test('no secret is in it: no key, value, token or client’s secret', async t => {
  const text = JSON.stringify(sim.witness.testimony())
  t.notOk(text.includes(hidden))
  t.notOk(text.includes(token))
  for (const { value } of sim.account.keysKnown()) t.notOk(text.includes(value))
  for (const { clientSecret, identityHeader } of Object.values(sim.principals)) {
    t.notOk(text.includes(clientSecret))
    t.notOk(text.includes(identityHeader))
  }
})
