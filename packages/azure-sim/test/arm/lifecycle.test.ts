import { Agent } from 'node:https'
import { CosmosClient } from '@azure/cosmos'
import t, { type Test } from 'tap'
import { AzureSim, VirtualClock } from '../../src/index.ts'
import { armClient, armRequest, rawRequest, trust } from '../clients.ts'

const quickly = { updateIntervalInMs: 5 }

async function start(t: Test, options: object = {}) {
  const sim = await AzureSim.start({
    seed: 14,
    management: { durationMs: 30 },
    geography: { durationMs: 30, lingerMs: 0, writeGapMs: 0 },
    ...options,
  })
  t.teardown(() => sim.stop())
  trust(sim)
  const place = [sim.resourceGroup, sim.accountName] as const
  return { sim, place, accounts: armClient(sim).databaseAccounts }
}

const properties = (body: unknown) => (body as { properties: Record<string, unknown> }).properties

t.test('a PATCH answers with what still is, and holds at the end of its operation', async t => {
  const clock = new VirtualClock()
  const { sim } = await start(t, { clock, management: { durationMs: 31_000 } })
  const body = { properties: { capabilities: [{ name: 'EnableServerless' }] }, tags: { a: 'b' } }
  const answer = await armRequest(sim, 'PATCH', '', { body })
  t.equal(answer.status, 200, 'as recorded')
  t.match(answer.body, {
    tags: {},
    properties: { provisioningState: 'Updating', capabilities: [] },
  })
  t.match(properties(answer.body)['locations'], [{ provisioningState: 'Updating' }])
  t.equal(answer.headers.get('retry-after'), null)
  const status = answer.headers.get('azure-asyncoperation') ?? ''
  t.match(status, /\/locations\/westus\/operationsStatus\/[0-9a-f-]{36}\?api-version=/)
  const location = answer.headers.get('location') ?? ''
  t.match(location, /\/databaseAccounts\/cosmos-sim\/operationResults\/[0-9a-f-]{36}\?/)
  clock.advance(30_999)
  t.equal((await armRequest(sim, 'GET', status)).text, '{"status":"Dequeued"}')
  t.equal((await armRequest(sim, 'GET', location)).status, 202)
  t.match(await armRequest(sim, 'PATCH', '', { body }), { status: 412 }, 'it holds the lock')
  t.match(await armRequest(sim, 'DELETE', ''), { status: 412 })
  clock.advance(1)
  t.equal((await armRequest(sim, 'GET', status)).text, '{"status":"Succeeded"}')
  const done = { tags: { a: 'b' }, properties: { provisioningState: 'Succeeded' } }
  t.match(await armRequest(sim, 'GET', location), { status: 200, body: done })
  t.match(await armRequest(sim, 'GET', ''), {
    body: { ...done, properties: { capabilities: [{ name: 'EnableServerless' }] } },
  })
})

t.test('a failed update may have had its effect, or not', async t => {
  for (const failedEffect of ['done', 'none'] as const) {
    const { sim, place, accounts } = await start(t, {
      management: { durationMs: 20, failRate: 1, failedEffect },
    })
    await t.rejects(accounts.update(...place, { disableLocalAuth: true }, quickly))
    t.equal(sim.account.flags.disableLocalAuth, failedEffect === 'done')
  }
})

t.test('what changes nothing in the simulator is kept and shown', async t => {
  const { sim, place, accounts } = await start(t)
  const changed = await accounts.update(
    ...place,
    {
      minimalTlsVersion: 'Tls',
      consistencyPolicy: { defaultConsistencyLevel: 'Eventual' },
      identity: { type: 'SystemAssigned' },
    },
    quickly,
  )
  t.match(changed, {
    minimalTlsVersion: 'Tls',
    consistencyPolicy: { defaultConsistencyLevel: 'Eventual' },
    identity: { type: 'SystemAssigned', principalId: /^[0-9a-f-]{36}$/, tenantId: sim.tenantId },
  })
  const bad = { body: { properties: { minimalTlsVersion: 'Ssl3' } } }
  t.match(await armRequest(sim, 'PATCH', '', bad), { status: 400 })
})

t.test('a deleted account is gone for ARM, for its name and for every key', async t => {
  const clock = new VirtualClock()
  const { sim, place, accounts } = await start(t, { clock })
  const key = sim.account.shown('primary').key.value
  const endpoint = sim.endpoint
  const accepted = await armRequest(sim, 'DELETE', '')
  t.match(accepted, { status: 202, text: '{"status":"Enqueued"}' })
  t.match(
    accepted.headers.get('location'),
    /\/providers\/Microsoft\.DocumentDB\/locations\/westus\/operationResults\//,
    'recorded: not below the account',
  )
  t.match(await accounts.get(...place), { provisioningState: 'Deleting' })
  const status = accepted.headers.get('azure-asyncoperation') ?? ''
  clock.advance(30)
  t.equal((await armRequest(sim, 'GET', status)).text, '{"status":"Succeeded"}')
  await t.rejects(accounts.get(...place), { code: 'ResourceNotFound' })
  await t.rejects(accounts.listKeys(...place), { code: 'ResourceNotFound' })
  const listed = []
  for await (const account of accounts.list()) listed.push(account)
  t.same(listed, [])
  t.equal((await armRequest(sim, 'DELETE', '')).status, 204)
  const agent = new Agent({ ca: sim.ca })
  const client = new CosmosClient({ endpoint, key, agent })
  await t.rejects(client.getDatabaseAccount())
  client.dispose()
  agent.destroy()
})

t.test('an account made anew has other keys, and nothing in it', async t => {
  const { sim, place, accounts } = await start(t, { regions: ['West US'] })
  const open = () => {
    const agent = new Agent({ ca: sim.ca })
    const key = sim.account.shown('primary').key.value
    const client = new CosmosClient({ endpoint: sim.endpoint, key, agent })
    t.teardown(() => {
      client.dispose()
      agent.destroy()
    })
    return client
  }
  await open().databases.create({ id: 'former' })
  const former = { ...(await accounts.listKeys(...place)) }
  await accounts.delete(...place, quickly)
  const made = await accounts.createOrUpdate(
    ...place,
    {
      location: 'westus',
      databaseAccountOfferType: 'Standard',
      locations: [
        { locationName: 'southcentralus', failoverPriority: 0 },
        { locationName: 'westus', failoverPriority: 1 },
      ],
    },
    quickly,
  )
  t.match(made, { provisioningState: 'Succeeded', location: 'West US' })
  t.match(made.writeLocations, [{ locationName: 'South Central US' }])
  const now = { ...(await accounts.listKeys(...place)) }
  for (const [name, value] of Object.entries(former)) t.not(Reflect.get(now, name), value, name)
  const { resources } = await open().databases.readAll().fetchAll()
  t.same(resources, [])
})

t.test('PUT of the account that is there changes it, of another name is refused', async t => {
  const { sim, place, accounts } = await start(t)
  const locations = sim.regions.map(({ name: locationName }, failoverPriority) => ({
    locationName,
    failoverPriority,
  }))
  const whole = { databaseAccountOfferType: 'Standard', locations } as const
  const { primaryMasterKey } = await accounts.listKeys(...place)
  const put = await accounts.createOrUpdate(...place, { ...whole, tags: { a: 'b' } }, quickly)
  t.match(put, { tags: { a: 'b' } })
  t.equal((await accounts.listKeys(...place)).primaryMasterKey, primaryMasterKey)
  await t.rejects(accounts.createOrUpdate(sim.resourceGroup, 'another', whole, quickly), {
    statusCode: 403,
    code: 'Forbidden',
  })
  const path = `${sim.armEndpoint}${sim.accountId.replace('cosmos-sim', 'another')}`
  const { token } = await sim.credential.getToken('https://management.azure.com/.default')
  const headers = { authorization: `Bearer ${token}` }
  t.equal((await rawRequest(`${path}?api-version=2026-03-15`, { headers })).status, 404)
  t.match(await armRequest(sim, 'PUT', '', { body: { properties: {} } }), { status: 400 })
  const other = { body: { kind: 'MongoDB', properties: whole } }
  t.match(await armRequest(sim, 'PUT', '', other), { status: 400 }, 'its kind is for life')
})

t.test('a name is taken or free', async t => {
  const { sim, accounts } = await start(t)
  t.match(await accounts.checkNameExists(sim.accountName), { body: true })
  t.match(await accounts.checkNameExists('free-name'), { body: false })
})
