import t from 'tap'
import { AzureSim, actions } from '../../src/index.ts'
import { armClient, armRequest, rawRequest, trust } from '../clients.ts'

const sim = await AzureSim.start({
  seed: 11,
  regeneration: { durationMs: 60, spreadMs: 0 },
  principals: { looker: { actions: [actions.accountRead] } },
})
t.teardown(() => sim.stop())
trust(sim)
const arm = armClient(sim)
const place = [sim.resourceGroup, sim.accountName] as const
const quickly = { updateIntervalInMs: 10 }

t.test('the account names its regions and endpoints', async t => {
  const account = await arm.databaseAccounts.get(...place)
  t.equal(account.id, sim.accountId)
  t.equal(account.documentEndpoint, sim.endpoint)
  t.equal(account.provisioningState, 'Succeeded')
  t.match(account.writeLocations, [{ locationName: 'West US', failoverPriority: 0 }])
  t.same(
    account.readLocations?.map(location => location.documentEndpoint),
    sim.regions.map(region => region.endpoint),
  )
})

t.test('the account is listed in its subscription and in its group', async t => {
  const { databaseAccounts } = arm
  const ids: unknown[] = []
  for await (const account of databaseAccounts.list()) ids.push(account.id)
  for await (const account of databaseAccounts.listByResourceGroup(sim.resourceGroup)) {
    ids.push(account.id)
  }
  t.same(ids, [sim.accountId, sim.accountId])
})

t.test('regenerateKey changes one key, and its generation time', async t => {
  for (const keyKind of ['primary', 'secondary', 'primaryReadonly', 'secondaryReadonly']) {
    const field = `${keyKind}MasterKey`
    const keys = { ...(await arm.databaseAccounts.listKeys(...place)) }
    const { keysMetadata } = await arm.databaseAccounts.get(...place)
    await arm.databaseAccounts.regenerateKey(...place, { keyKind }, quickly)
    const after = { ...(await arm.databaseAccounts.listKeys(...place)) }
    const account = await arm.databaseAccounts.get(...place)
    const changed = Object.keys(keys).filter(
      name => Reflect.get(keys, name) !== Reflect.get(after, name),
    )
    t.same(changed, [field])
    const [before, now] = [keysMetadata, account.keysMetadata].map(
      metadata => metadata && Object.entries(metadata),
    )
    const moved = now?.filter(
      ([, value], at) => +value.generationTime > +before?.[at]?.[1].generationTime,
    )
    t.same(
      moved?.map(([name]) => name),
      [field],
    )
  }
})

t.test('the read-only keys are shown by POST and by GET', async t => {
  const all = await arm.databaseAccounts.listKeys(...place)
  const expected = {
    primaryReadonlyMasterKey: all.primaryReadonlyMasterKey,
    secondaryReadonlyMasterKey: all.secondaryReadonlyMasterKey,
  }
  t.same({ ...(await arm.databaseAccounts.listReadOnlyKeys(...place)) }, expected)
  t.same({ ...(await arm.databaseAccounts.getReadOnlyKeys(...place)) }, expected)
})

t.test('the connection strings hold endpoint and keys', async t => {
  const keys = await arm.databaseAccounts.listKeys(...place)
  const { connectionStrings } = await arm.databaseAccounts.listConnectionStrings(...place)
  t.equal(connectionStrings?.length, 4)
  t.match(connectionStrings?.[0], {
    connectionString: `AccountEndpoint=${sim.endpoint};AccountKey=${keys.primaryMasterKey};`,
    description: 'Primary SQL Connection String',
    keyKind: 'Primary',
    type: 'Sql',
  })
})

t.test('while a regeneration runs, every other write is refused with 412', async t => {
  const busy = await AzureSim.start({ seed: 12, regeneration: { durationMs: 3_600_000 } })
  t.teardown(() => busy.stop())
  trust(busy)
  const client = armClient(busy)
  await armRequest(busy, 'POST', '/regenerateKey', { body: { keyKind: 'primary' } })
  const account = await client.databaseAccounts.get(busy.resourceGroup, busy.accountName)
  t.equal(account.provisioningState, 'Updating')
  const refused = {
    name: 'RestError',
    statusCode: 412,
    code: 'PreconditionFailed',
    message:
      /^There is another user operation in progress which requires an exclusive lock on \[cosmos-sim\]\. Please retry after sometime\.\r\nActivityId: [0-9a-f-]{36}, Microsoft\.Azure\.Documents\.Common/,
  }
  const { databaseAccounts } = client
  const where = [busy.resourceGroup, busy.accountName] as const
  await t.rejects(databaseAccounts.regenerateKey(...where, { keyKind: 'secondary' }), refused)
  await t.rejects(databaseAccounts.update(...where, { disableLocalAuth: true }), refused)
  t.ok(await databaseAccounts.listKeys(...where), 'and reading goes on')
})

t.test('an operation that fails says so', async t => {
  const failing = await AzureSim.start({
    seed: 13,
    regeneration: { durationMs: 10, failRate: 1, failedEffect: 'none' },
  })
  t.teardown(() => failing.stop())
  const where = [failing.resourceGroup, failing.accountName] as const
  const client = armClient(failing)
  const before = await client.databaseAccounts.listKeys(...where)
  await t.rejects(client.databaseAccounts.regenerateKey(...where, { keyKind: 'primary' }, quickly))
  t.same(await client.databaseAccounts.listKeys(...where), before)
})

t.test('flags are patched, and what the simulator cannot change is refused', async t => {
  const flags = { disableLocalAuth: true, disableKeyBasedMetadataWriteAccess: true }
  const tags = { team: 'orders' }
  const updated = await arm.databaseAccounts.update(...place, { ...flags, tags }, quickly)
  t.match(updated, { ...flags, tags })
  t.match(await arm.databaseAccounts.get(...place), { ...flags, tags })
  const off = { disableLocalAuth: false, disableKeyBasedMetadataWriteAccess: false }
  t.match(await arm.databaseAccounts.update(...place, off, quickly), off)
  const unknown = { properties: { enableTimeTravel: true } }
  t.match(await armRequest(sim, 'PATCH', '', { body: unknown }), {
    status: 400,
    body: { error: { message: /cannot change the property 'enableTimeTravel'/ } },
  })
})

t.test('what is not there is not found, in ARM’s words', async t => {
  const { databaseAccounts } = arm
  await t.rejects(databaseAccounts.get(sim.resourceGroup, 'other'), {
    statusCode: 404,
    code: 'ResourceNotFound',
  })
  await t.rejects(databaseAccounts.get('other', sim.accountName), { code: 'ResourceGroupNotFound' })
  const path = `/subscriptions/${sim.tenantId}/providers/Microsoft.DocumentDB/databaseAccounts`
  t.match(await armRequest(sim, 'GET', path), {
    status: 404,
    body: { error: { code: 'SubscriptionNotFound' } },
  })
  t.match(await armRequest(sim, 'GET', '/nothing'), {
    status: 404,
    body: { error: { code: 'NotFound' } },
  })
  t.match(await armRequest(sim, 'POST', ''), { status: 405 })
  t.match(await armRequest(sim, 'GET', '/regenerateKey/operationResults/unknown'), { status: 404 })
})

t.test(
  'a request without api-version, with an unknown one or a broken body is refused',
  async t => {
    const { token } = await sim.credential.getToken('https://management.azure.com/.default')
    const headers = { authorization: `Bearer ${token}` }
    t.match(await rawRequest(`${sim.armEndpoint}${sim.accountId}`, { headers }), {
      status: 400,
      body: { error: { code: 'MissingApiVersionParameter' } },
    })
    t.match(await armRequest(sim, 'GET', '', { version: '1999-01-01' }), {
      status: 400,
      body: { error: { code: 'NoRegisteredProviderFound' } },
    })
    t.match(await armRequest(sim, 'POST', '/regenerateKey', { body: ['primary'] }), {
      status: 400,
      body: { error: { code: 'InvalidRequestContent' } },
    })
    t.match(await armRequest(sim, 'POST', '/regenerateKey', { body: { keyKind: 'third' } }), {
      status: 400,
      body: { error: { code: 'BadRequest' } },
    })
  },
)

t.test('a caller may do what the role grants, and nothing else', async t => {
  const client = armClient(sim, sim.credentialOf('looker'))
  t.ok(await client.databaseAccounts.get(...place))
  await t.rejects(client.databaseAccounts.listKeys(...place), {
    statusCode: 403,
    code: 'AuthorizationFailed',
    message: /does not have authorization to perform action '.*listKeys\/action' over scope/,
  })
  const reader = armClient(sim, sim.credentialOf('reader'))
  await t.rejects(reader.databaseAccounts.get(...place), { code: 'AuthorizationFailed' })
})

t.test('a request without token, with a bad one or for another audience is refused', async t => {
  const url = `${sim.armEndpoint}${sim.accountId}?api-version=2026-03-15`
  const missing = await rawRequest(url)
  t.match(missing, { status: 401, body: { error: { code: 'AuthenticationFailed' } } })
  t.match(missing.headers.get('www-authenticate'), /^Bearer authorization_uri="https:/)
  const bearer = (token: string) =>
    rawRequest(url, { headers: { authorization: `Bearer ${token}` } })
  t.match(await bearer('x.y.z'), {
    status: 401,
    body: { error: { code: 'InvalidAuthenticationToken' } },
  })
  const { token } = await sim.credential.getToken('https://vault.azure.net/.default')
  t.match(await bearer(token), {
    status: 401,
    body: { error: { code: 'InvalidAuthenticationTokenAudience' } },
  })
})

t.test('the witness saw each call, and no key', async t => {
  const { arm: calls } = sim.witness.testimony()
  const regenerations = calls.filter(call => call.path.endsWith('/regenerateKey'))
  t.match(
    regenerations.filter(call => call.status === 202).map(call => call.body),
    ['primary', 'secondary', 'primaryReadonly', 'secondaryReadonly'].map(keyKind => ({ keyKind })),
  )
  const text = JSON.stringify(sim.witness.testimony())
  for (const key of sim.account.keysKnown()) t.notOk(text.includes(key.value))
})
