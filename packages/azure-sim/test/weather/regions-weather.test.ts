import t from 'tap'
import { chanceFrom } from '../../src/chance.ts'
import { VirtualClock } from '../../src/clock.ts'
import { AzureSim } from '../../src/index.ts'
import type { RegionSettings } from '../../src/weather/region-weather.ts'
import { RegionsWeather } from '../../src/weather/regions-weather.ts'
import { rawRequest, trust } from '../clients.ts'

function open(seed: number, settings: RegionSettings = {}) {
  const clock = new VirtualClock(1_800_000_000_000)
  return { clock, weather: new RegionsWeather(chanceFrom(seed), clock, settings) }
}

const often: RegionSettings = { '*': { outageEveryMs: [500, 1_500], outageMs: [200, 600] } }

/** What is wrong, every 10 ms. */
function watch(seed: number, region: string, settings: RegionSettings): string[] {
  const { clock, weather } = open(seed, settings)
  return Array.from({ length: 2_000 }, () => {
    clock.advance(10)
    return weather.outage(region)
  })
}

t.test('it is calm unless it is told not to be', async t => {
  const { weather } = open(1)
  t.equal(weather.outage('West US'), 'none')
  t.equal(weather.lags, false)
  t.equal(weather.nextChangeAt(['West US']), Number.POSITIVE_INFINITY)
})

t.test('outages by chance follow from the seed, region by region', async t => {
  const west = watch(1, 'West US', often)
  t.same(watch(1, 'West US', often), west)
  t.notSame(watch(2, 'West US', often), west)
  t.notSame(watch(1, 'East US', often), west)
  t.same(new Set(west), new Set(['none', 'refused', 'reset', 'hang', 'unavailable']))
  const share = west.filter(outage => outage !== 'none').length / west.length
  t.ok(share > 0.15 && share < 0.5, `400 of 1,400 ms on average, not ${share}`)
})

t.test('the next change is when it changes', async t => {
  const { clock, weather } = open(3, often)
  for (let nth = 0; nth < 40; nth++) {
    const before = weather.outage('West US')
    const at = weather.nextChangeAt(['West US'])
    clock.advance(at - clock.now() - 1)
    t.equal(weather.outage('West US'), before)
    clock.advance(1)
    t.equal(weather.outage('West US') === 'none', before !== 'none')
  }
})

t.test('what is set for all holds for each, and one region may differ', async t => {
  const { weather } = open(1, { '*': { replicationLagMs: 5 }, 'East US': { outage: 'hang' } })
  t.match(weather.of('West US'), { replicationLagMs: 5, outage: 'none' })
  t.match(weather.of('East US'), { replicationLagMs: 5, outage: 'hang' })
  weather.set({ '*': { replicationLagMs: 0, outage: 'none' } })
  t.match(weather.of('East US'), { replicationLagMs: 0, outage: 'none' })
  t.equal(weather.lags, false)
})

t.test('settings that make no sense are refused with a sentence, and change nothing', async t => {
  const azure = await AzureSim.start({ seed: 1 })
  t.teardown(() => azure.stop())
  const wrong: [object, RegExp][] = [
    [{ Mars: { outage: 'hang' } }, /no region Mars/],
    [{ '*': { outage: 'flood' } }, /flood/],
    [{ '*': { outageKinds: [] } }, /outage/],
    [{ '*': { replicationLagMs: -1 } }, /replicationLagMs/],
    [{ '*': { containerLagMs: [5, 1] } }, /containerLagMs/],
    [{ '*': { lag: 1 } }, /no setting regions\.\*\.lag/],
    [{ '*': 5 }, /not an object/],
  ]
  for (const [regions, message] of wrong) {
    const given = { regions } as Parameters<AzureSim['setWeather']>[0]
    t.throws(() => azure.setWeather(given), { code: 'SIM_OPTION_INVALID', message })
    await t.rejects(AzureSim.start({ weather: given }), { code: 'SIM_OPTION_INVALID', message })
  }
  t.equal(azure.cosmos.regionsWeather.of('West US').replicationLagMs, 0)
})

t.test('endpoints close and open with the weather, in virtual time, on the same ports', async t => {
  const clock = new VirtualClock()
  const azure = await AzureSim.start({ seed: 5, clock, tokenLifetimeSeconds: 1e9 })
  t.teardown(() => azure.stop())
  trust(azure)
  const kinds = { outageKinds: ['refused'] as const, outageEveryMs: [500, 900] as const }
  azure.setWeather({ regions: { 'North Europe': { ...kinds, outageMs: 400 } } })
  const [, europe] = azure.regions
  const endpoint = europe?.endpoint ?? ''
  const answers = async (): Promise<boolean> =>
    rawRequest(endpoint, { headers: { connection: 'close' } }).then(
      ({ status }) => status === 401,
      () => false,
    )
  const { regionsWeather } = azure.cosmos
  const met = new Set<string>()
  for (let nth = 0; nth < 12; nth++) {
    await azure.regionsSettled()
    const outage = regionsWeather.outage('North Europe')
    t.equal(await answers(), outage === 'none')
    met.add(outage)
    clock.advance(regionsWeather.nextChangeAt(['North Europe']) - clock.now())
  }
  t.same(met, new Set(['none', 'refused']))
})

t.test('another process sets and reads the weather of regions', async t => {
  const azure = await AzureSim.start({ seed: 1, weather: { regions: { '*': { outage: 'none' } } } })
  t.teardown(() => azure.stop())
  trust(azure)
  const url = `${azure.describe().controlUrl}/weather`
  const body = JSON.stringify({ regions: { 'North Europe': { replicationLagMs: [10, 20] } } })
  t.equal((await rawRequest(url, { method: 'PUT', body })).status, 200)
  const shown = await rawRequest(url)
  t.match(shown.body, { regions: { 'North Europe': { replicationLagMs: [10, 20] } } })
  const wrong = JSON.stringify({ regions: { Mars: {} } })
  t.equal((await rawRequest(url, { method: 'PUT', body: wrong })).status, 400)
})
