import { Agent } from 'node:https'
import { CosmosClient } from '@azure/cosmos'
import t from 'tap'
import { chanceFrom } from '../../src/chance.ts'
import { type AccountKey, AzureSim, type Region, VirtualClock } from '../../src/index.ts'
import { propagation } from '../../src/weather/propagation.ts'

const clock = new VirtualClock()
const regeneration = {
  durationMs: 10_000,
  spreadMs: 5_000,
  gapMs: 4_000,
  overlapMs: 4_000,
  oldReadsMs: 2_000,
  keysShown: 'end',
} as const
const sim = await AzureSim.start({ seed: 81, clock, regeneration })
t.teardown(() => sim.stop())
const agent = new Agent({ ca: sim.ca, keepAlive: true })
t.teardown(() => agent.destroy())

/** What the plain client gets from one region with one key. */
async function ask(region: Region, key: AccountKey, write: boolean): Promise<number> {
  const client = new CosmosClient({
    endpoint: region.endpoint,
    key: key.value,
    agent,
    connectionPolicy: { enableEndpointDiscovery: false },
  })
  try {
    if (write) await client.databases.create({ id: `d${clock.now()}-${key.generation}` })
    else await client.databases.query('SELECT * FROM c').fetchAll()
    return 200
  } catch (error) {
    return Number((error as { code: unknown }).code)
  } finally {
    client.dispose()
  }
}

t.test('each region changes keys at its own scheduled time, and all in the end', async t => {
  const primary = sim.account.shown('primary').key
  const from = clock.now()
  const operation = sim.account.regenerate('primary')
  const next = sim.account.keysKnown().find(key => key.kind === 'primary' && key.generation === 2)
  if (operation === undefined || next === undefined) return t.fail('the regeneration was accepted')
  for (const region of sim.regions) {
    const schedule = propagation(chanceFrom(81), 1, region.name, sim.regeneration)
    t.comment(`${region.name}: ${JSON.stringify(schedule)}`)
  }
  const seen = new Set<string>()
  for (let elapsed = 0; elapsed <= 18_000; elapsed += 500) {
    for (const region of sim.regions) {
      const schedule = propagation(chanceFrom(81), 1, region.name, sim.regeneration)
      const reads = [await ask(region, primary, false), await ask(region, next, false)]
      const expected = [
        elapsed < schedule.oldReadsUntil ? 200 : 401,
        elapsed >= schedule.newFrom ? 200 : 401,
      ]
      t.same(reads, expected, `${region.name} at ${elapsed} ms`)
      seen.add(reads.join())
      if (region.writable) {
        const wrote = await ask(region, primary, true)
        t.equal(wrote, elapsed < schedule.oldWritesUntil ? 200 : 401, `write at ${elapsed} ms`)
      }
    }
    clock.advance(500)
  }
  t.ok(clock.now() - from > 17_000)
  t.ok(seen.has('200,401') && seen.has('401,200'), 'before and after')
  t.ok(seen.has('401,401') || seen.has('200,200'), 'and a gap or an overlap between')
})

t.test('read-only keys read and do not write', async t => {
  const readOnly = sim.account.shown('secondaryReadonly').key
  const [west] = sim.regions
  if (west === undefined) return t.fail('there is a write region')
  t.equal(await ask(west, readOnly, false), 200)
  t.equal(await ask(west, readOnly, true), 401)
})

t.test('the witness tells which generation was refused where', async t => {
  const { keys } = sim.witness.testimony()
  for (const { name } of sim.regions) {
    const of = (generation: number) =>
      keys.find(
        use => use.region === name && use.kind === 'primary' && use.generation === generation,
      )
    t.ok((of(1)?.refused ?? 0) > 0 && (of(1)?.accepted ?? 0) > 0)
    t.ok((of(2)?.refused ?? 0) > 0 && (of(2)?.accepted ?? 0) > 0)
  }
})
