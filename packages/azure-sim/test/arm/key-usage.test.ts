import { Agent } from 'node:https'
import { CosmosClient } from '@azure/cosmos'
import t, { type Test } from 'tap'
import { AzureSim, VirtualClock } from '../../src/index.ts'
import { armClient, armRequest, trust } from '../clients.ts'

const hourMs = 3_600_000
const preview = '2026-04-01-preview'
const capabilities = [
  { name: 'EnableKeyCheckBeforeRegenerationPreview' },
  { name: 'EnableAccountKeysLastUsageCheckInDisableLocalAuth' },
]

async function start(t: Test, lastUsageLagMs = 0) {
  const clock = new VirtualClock()
  const sim = await AzureSim.start({
    seed: 41,
    clock,
    lastUsageLagMs,
    tokenLifetimeSeconds: 100 * 3_600,
    regeneration: { durationMs: 1_000, spreadMs: 0 },
    management: { durationMs: 0 },
  })
  t.teardown(() => sim.stop())
  trust(sim)
  const metadata = async (version: string) => {
    const { body } = await armRequest(sim, 'GET', '', { version })
    return (body as { properties: { keysMetadata: Record<string, object> } }).properties
      .keysMetadata
  }
  return { clock, sim, metadata }
}

/** One request signed with a key; the version of the client that anybody has. */
async function use(sim: AzureSim, key: string): Promise<number> {
  const agent = new Agent({ ca: sim.ca })
  const client = new CosmosClient({ endpoint: sim.endpoint, key, agent })
  try {
    await client.getDatabaseAccount()
    return 200
  } catch (error) {
    return (error as { code: number }).code
  } finally {
    client.dispose()
    agent.destroy()
  }
}

t.test('the preview version tells when a key was last used, others do not', async t => {
  const { sim, clock, metadata } = await start(t)
  const { secondaryMasterKey = '' } = await armClient(sim).databaseAccounts.listKeys(
    sim.resourceGroup,
    sim.accountName,
  )
  t.notMatch(await metadata(preview), { secondaryMasterKey: { approximateLastUsageTime: String } })
  t.equal(await use(sim, secondaryMasterKey), 200)
  const { secondaryMasterKey: secondary, primaryMasterKey: primary } = await metadata(preview)
  t.match(secondary, { approximateLastUsageTime: new Date(clock.now()).toISOString() })
  t.notMatch(primary, { approximateLastUsageTime: String }, 'the other key was not used')
  t.notMatch(await metadata('2026-03-15'), {
    secondaryMasterKey: { approximateLastUsageTime: String },
  })
})

t.test('a refused key counts as not used', async t => {
  const { sim, metadata } = await start(t)
  const { primary } = { primary: sim.account.shown('primary').key }
  const forged = `${primary.value.slice(0, 5)}${primary.value[5] === 'A' ? 'B' : 'A'}${primary.value.slice(6)}`
  t.equal(await use(sim, forged), 401)
  t.notMatch(await metadata(preview), { primaryMasterKey: { approximateLastUsageTime: String } })
})

t.test('the record lags as the knob says', async t => {
  const { sim, clock, metadata } = await start(t, hourMs)
  await use(sim, sim.account.shown('primary').key.value)
  const used = new Date(clock.now()).toISOString()
  clock.advance(hourMs - 1)
  t.notMatch(await metadata(preview), { primaryMasterKey: { approximateLastUsageTime: String } })
  clock.advance(1)
  t.match(await metadata(preview), { primaryMasterKey: { approximateLastUsageTime: used } })
})

t.test('with the capability, a key used in the last 12 hours is not regenerated', async t => {
  const { sim, clock } = await start(t)
  const place = [sim.resourceGroup, sim.accountName] as const
  const { databaseAccounts } = armClient(sim)
  const quickly = { updateIntervalInMs: 1 }
  await use(sim, sim.account.shown('primary').key.value)
  const regenerate = (body: object) =>
    armRequest(sim, 'POST', '/regenerateKey', { body, version: preview })
  t.equal((await regenerate({ keyKind: 'secondary' })).status, 202, 'nothing is checked without it')
  clock.advance(1_000)

  await databaseAccounts.update(...place, { capabilities }, quickly)
  t.equal((await regenerate({ keyKind: 'primary' })).status, 412)
  t.equal((await regenerate({ keyKind: 'secondary' })).status, 202, 'an idle key may go')
  clock.advance(12 * hourMs - 1_001)
  t.equal((await regenerate({ keyKind: 'primary' })).status, 412, 'one millisecond before')
  clock.advance(1)
  t.equal((await regenerate({ keyKind: 'primary' })).status, 202, 'after 12 hours')
})

t.test('the check is bypassed by its property, in either case', async t => {
  for (const property of ['SkipAccountKeysLastUsageCheck', 'skipAccountKeysLastUsageCheck']) {
    const { sim } = await start(t)
    await armRequest(sim, 'PATCH', '', { body: { properties: { capabilities } } })
    await use(sim, sim.account.shown('primary').key.value)
    const regenerate = (body: object) => armRequest(sim, 'POST', '/regenerateKey', { body })
    t.equal((await regenerate({ keyKind: 'primary', [property]: false })).status, 412)
    t.equal((await regenerate({ keyKind: 'primary', [property]: true })).status, 202)
  }
})

t.test('with its capability, local authentication stays on while a key is in use', async t => {
  const { sim, clock } = await start(t)
  await armRequest(sim, 'PATCH', '', { body: { properties: { capabilities } } })
  await use(sim, sim.account.shown('secondary').key.value)
  const off = { body: { properties: { disableLocalAuth: true } } }
  t.equal((await armRequest(sim, 'PATCH', '', off)).status, 412)
  clock.advance(12 * hourMs)
  t.equal((await armRequest(sim, 'PATCH', '', off)).status, 200)
})
