import t from 'tap'
import { AzureSim } from '../src/index.ts'
import { armRequest, rawRequest, trust } from './clients.ts'

const sim = await AzureSim.start({ seed: 51 })
t.teardown(() => sim.stop())
trust(sim)
const { controlUrl } = sim.describe()
const control = (path: string, method = 'GET', body?: unknown) =>
  rawRequest(`${controlUrl}${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })

t.test('another process learns how to connect', async t => {
  t.same((await control('')).body, sim.describe())
})

t.test('another process reads the witness', async t => {
  await armRequest(sim, 'POST', '/listKeys')
  const { body } = await control('/witness')
  t.match(body, { arm: [{ verb: 'POST', path: `${sim.accountId}/listKeys`, status: 200 }] })
  t.same(body, sim.witness.testimony())
})

t.test('another process changes the weather, the data plane’s too', async t => {
  const weather = { arm: { throttleRate: 1 }, cosmos: { throttle: 0.5 } }
  t.match((await control('/weather', 'PUT', weather)).body, weather)
  t.equal((await armRequest(sim, 'GET', '')).status, 429)
  t.equal(sim.cosmos.faults.rates.throttle, 0.5)
  await control('/weather', 'PUT', { arm: { throttleRate: 0 }, cosmos: { throttle: 0 } })
  t.equal((await armRequest(sim, 'GET', '')).status, 200)
  t.equal((await control('/weather')).status, 200, 'and weather never strikes the control')
})

t.test('another process lays one fault in wait', async t => {
  await control('/weather/once', 'POST', { service: 'arm', fault: 'error', path: '/listKeys' })
  t.equal((await armRequest(sim, 'POST', '/listKeys')).status, 500)
  t.equal((await armRequest(sim, 'POST', '/listKeys')).status, 200)
})

t.test('another process turns the knobs of the next regeneration', async t => {
  t.match((await control('/regeneration', 'PUT', { durationMs: 5 })).body, { durationMs: 5 })
  t.equal(sim.regeneration.durationMs, 5)
  t.match((await control('/regeneration')).body, { durationMs: 5 })
})

t.test('nonsense is told what is wrong, and changes nothing', async t => {
  for (const [path, method, body] of [
    ['/weather', 'PUT', { arm: { throttleRate: 7 } }],
    ['/weather', 'PUT', { cosmos: { throttle: 7 } }],
    ['/weather', 'PUT', [1]],
    ['/weather/once', 'POST', { service: 'arm' }],
    ['/weather/once', 'POST', { service: 'dns', fault: 'lost' }],
    ['/regeneration', 'PUT', { flaps: 0.5 }],
  ] as const) {
    t.match(await control(path, method, body), { status: 400, body: { error: String } })
  }
  t.equal(sim.weather.settings.arm.throttleRate, 0)
  t.equal((await control('/nothing')).status, 404)
  t.equal((await control('/witness', 'DELETE')).status, 405)
})

t.test('the control’s calls are not witnessed, and ARM’s own space is not touched', async t => {
  const before = sim.witness.testimony().arm.length
  await control('/witness')
  t.equal(sim.witness.testimony().arm.length, before)
  t.equal((await rawRequest(`${sim.armEndpoint}/_simulator`)).status, 401)
})

t.test('what may be a key in a path is not told again', async t => {
  const { value } = sim.account.shown('primary').key
  const path = `/secrets/${encodeURIComponent(value)}`
  await rawRequest(`${sim.vaultUrl}${path}?api-version=7.5`)
  const { vault } = sim.witness.testimony()
  t.ok(vault.some(call => call.path === '/secrets/*'))
  t.notOk(JSON.stringify(vault).includes(encodeURIComponent(value)))
})
