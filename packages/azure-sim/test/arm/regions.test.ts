import t, { type Test } from 'tap'
import { AzureSim, VirtualClock } from '../../src/index.ts'
import { armClient, armRequest, trust } from '../clients.ts'

const quickly = { updateIntervalInMs: 5 }

async function start(t: Test, options: object = {}) {
  const sim = await AzureSim.start({
    seed: 15,
    regions: ['West US', 'North Europe', 'East US'],
    management: { durationMs: 10 },
    geography: { durationMs: 20, lingerMs: 0, writeGapMs: 0 },
    ...options,
  })
  t.teardown(() => sim.stop())
  trust(sim)
  const place = [sim.resourceGroup, sim.accountName] as const
  return { sim, place, accounts: armClient(sim).databaseAccounts }
}

const policies = (...names: string[]) =>
  names.map((locationName, failoverPriority) => ({ locationName, failoverPriority }))
const namesOf = (locations: { locationName?: string }[] | undefined) =>
  locations?.map(({ locationName }) => locationName)

t.test('a change of failover priorities moves the write region', async t => {
  const { place, accounts } = await start(t)
  const failoverPolicies = policies('eastus', 'westus', 'northeurope')
  await accounts.failoverPriorityChange(...place, { failoverPolicies }, quickly)
  const account = await accounts.get(...place)
  t.same(namesOf(account.writeLocations), ['East US'])
  t.same(namesOf(account.failoverPolicies), ['East US', 'West US', 'North Europe'])
})

t.test('a region goes offline and comes back', async t => {
  const { sim, place, accounts } = await start(t)
  await accounts.offlineRegion(...place, { region: 'West US' }, quickly)
  t.same(namesOf((await accounts.get(...place)).writeLocations), ['North Europe'])
  t.same(
    sim.regions.map(({ name }) => name),
    ['North Europe', 'East US'],
  )
  await accounts.onlineRegion(...place, { region: 'westus' }, quickly)
  t.same(
    sim.regions.map(({ name }) => name),
    ['North Europe', 'East US', 'West US'],
  )
})

t.test('regions are added and removed by an update', async t => {
  const { sim, place, accounts } = await start(t)
  const locations = policies('West US', 'Japan East')
  const account = await accounts.update(...place, { locations }, quickly)
  t.same(namesOf(account.readLocations), ['West US', 'Japan East'])
  t.match(account.readLocations?.[1], { documentEndpoint: /^https:\/\/localhost:\d+\/$/ })
  const both = { properties: { locations: policies('West US'), disableLocalAuth: true } }
  t.match(await armRequest(sim, 'PATCH', '', { body: both }), { status: 400 })
})

t.test('an operation on regions holds the lock of the whole account, for hours', async t => {
  const clock = new VirtualClock()
  const hourMs = 3_600_000
  const { sim } = await start(t, {
    clock,
    tokenLifetimeSeconds: 100 * 3_600,
    geography: { durationMs: 5 * hourMs },
  })
  const body = { failoverPolicies: policies('North Europe', 'West US', 'East US') }
  const accepted = await armRequest(sim, 'POST', '/failoverPriorityChange', { body })
  t.match(accepted, { status: 202, text: '{"status":"Enqueued"}' })
  clock.advance(5 * hourMs - 1)
  const regenerate = { body: { keyKind: 'primary' } }
  for (const [path, request] of [
    ['/regenerateKey', regenerate],
    ['/offlineRegion', { body: { region: 'East US' } }],
    ['/failoverPriorityChange', { body }],
  ] as const) {
    t.match(await armRequest(sim, 'POST', path, request), {
      status: 412,
      body: { error: { code: 'PreconditionFailed' } },
    })
  }
  clock.advance(1)
  t.equal((await armRequest(sim, 'POST', '/regenerateKey', regenerate)).status, 202)
})

t.test('what makes no sense is refused with a reason', async t => {
  const { sim } = await start(t)
  const post = async (path: string, body: unknown) => {
    const answer = await armRequest(sim, 'POST', path, { body })
    return [answer.status, (answer.body as { error: { message: string } }).error.message]
  }
  t.match(await post('/offlineRegion', { region: 'Mars' }), [400, /no region 'Mars'/])
  t.match(await post('/offlineRegion', {}), [400, /could not be deserialized/])
  t.match(await post('/onlineRegion', { region: 'West US' }), [400, /online already/])
  t.match(await post('/failoverPriorityChange', { failoverPolicies: 1 }), [400, /deserialized/])
  t.match(await post('/failoverPriorityChange', { failoverPolicies: policies('West US') }), [
    400,
    /must name every region/,
  ])
})
