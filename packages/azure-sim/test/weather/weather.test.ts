import { randomUUID } from 'node:crypto'
import t from 'tap'
import { chanceFrom } from '../../src/chance.ts'
import { AzureSim, VirtualClock, Weather } from '../../src/index.ts'
import { armRequest, secretClient, trust } from '../clients.ts'

const clock = new VirtualClock()
const regeneration = { durationMs: 1_000, spreadMs: 0 }
const sim = await AzureSim.start({ seed: 31, clock, regeneration })
t.teardown(() => sim.stop())
trust(sim)
const regenerate = { body: { keyKind: 'primary' } }
const accepted = () =>
  sim.witness
    .testimony()
    .arm.filter(({ path, status }) => path.endsWith('/regenerateKey') && status === 202)
t.test('it is calm unless told otherwise', async t => {
  const calm = new Weather(chanceFrom(1))
  const faults = Array.from({ length: 1_000 }, () => calm.strike('arm', 'GET', '/'))
  t.ok(faults.every(({ kind, delayMs }) => kind === 'none' && delayMs === 0))
})

t.test('rates are kept, per call and from the seed alone', async t => {
  const draw = (seed: number) => {
    const weather = new Weather(chanceFrom(seed), { vault: { throttleRate: 0.25, slowRate: 0.5 } })
    return Array.from({ length: 2_000 }, () => weather.strike('vault', 'GET', '/secrets/x'))
  }
  const faults = draw(1)
  const throttled = faults.filter(fault => fault.kind === 'throttle').length / faults.length
  const slow = faults.filter(fault => fault.delayMs > 0).length / faults.length
  t.ok(throttled > 0.2 && throttled < 0.3, `${throttled}`)
  t.ok(slow > 0.45 && slow < 0.55, `${slow}`)
  const text = JSON.stringify(faults)
  t.ok(JSON.stringify(draw(1)) === text, 'the same seed gives the same weather')
  t.ok(JSON.stringify(draw(2)) !== text, 'another seed another')
})

t.test('calls to one path do not change another path’s weather', async t => {
  const settings = { arm: { errorRate: 0.5 } }
  const alone = new Weather(chanceFrom(1), settings)
  const crowded = new Weather(chanceFrom(1), settings)
  const draws = Array.from({ length: 50 }, () => {
    crowded.strike('arm', 'GET', '/other')
    return [crowded.strike('arm', 'GET', '/mine'), alone.strike('arm', 'GET', '/mine')]
  })
  t.same(
    draws.map(([crowded]) => crowded),
    draws.map(([, alone]) => alone),
  )
})

t.test('the weather of polling is the same in each replay, though the ids differ', async t => {
  const polls = (id: string) => {
    const weather = new Weather(chanceFrom(1), { arm: { errorRate: 0.5 } })
    return Array.from({ length: 50 }, () => weather.strike('arm', 'GET', `/operationsStatus/${id}`))
  }
  t.same(polls(randomUUID()), polls(randomUUID()))
})

t.test('a throttled vault answers 429 with Retry-After, until the weather clears', async t => {
  const secrets = secretClient(sim)
  await secrets.setSecret('x', 'value')
  sim.weather.set({ vault: { throttleRate: 1, retryAfterSeconds: 7 } })
  const refused = await secrets.getSecret('x').catch((error: unknown) => error)
  t.match(refused, { statusCode: 429, code: 'Throttled' })
  t.match(refused, { response: { headers: { get: Function } } })
  sim.weather.set({ vault: { throttleRate: 0 } })
  t.equal((await secrets.getSecret('x')).value, 'value')
})

t.test('a reset before the effect leaves nothing behind', async t => {
  const before = accepted().length
  sim.weather.once({ service: 'arm', fault: 'reset', verb: 'POST', path: '/regenerateKey' })
  await t.rejects(armRequest(sim, 'POST', '/regenerateKey', regenerate))
  t.equal(accepted().length, before)
  t.equal(sim.account.running(), undefined)
})

t.test('a lost answer took effect all the same', async t => {
  const before = accepted().length
  sim.weather.once({ service: 'arm', fault: 'lost', verb: 'POST', path: '/regenerateKey' })
  await t.rejects(armRequest(sim, 'POST', '/regenerateKey', regenerate))
  t.match(accepted().slice(before), [{ fault: 'lost', body: { keyKind: 'primary' } }])
})

t.test('the unmodified ARM client re-sends a regeneration whose connection was reset', async t => {
  const { CosmosDBManagementClient } = await import('@azure/arm-cosmosdb')
  const eager = new CosmosDBManagementClient(sim.credential, sim.subscriptionId, {
    endpoint: sim.armEndpoint,
    tlsOptions: { ca: sim.ca },
    retryOptions: { retryDelayInMs: 1, maxRetryDelayInMs: 1 },
  })
  clock.advance(1_000)
  const before = accepted().length
  sim.weather.once({ service: 'arm', fault: 'lost', verb: 'POST', path: '/regenerateKey' })
  await t.rejects(
    eager.databaseAccounts.regenerateKey(sim.resourceGroup, sim.accountName, {
      keyKind: 'primary',
    }),
    { code: 'PreconditionFailed' },
    'the second POST meets the first one’s lock',
  )
  t.equal(accepted().length, before + 1)
})

t.test('a late call takes effect after its caller has given up', async t => {
  clock.advance(1_000)
  const before = accepted().length
  sim.weather.once({
    service: 'arm',
    fault: 'late',
    verb: 'POST',
    path: '/regenerateKey',
    delayMs: 50,
  })
  await t.rejects(armRequest(sim, 'POST', '/regenerateKey', regenerate))
  t.equal(accepted().length, before, 'not yet')
  clock.advance(50)
  while (accepted().length === before) await new Promise(resolve => setImmediate(resolve))
  t.match(accepted().at(-1), { fault: 'late', status: 202 })
})

t.test('a server error has no effect and the right shape', async t => {
  sim.weather.once({ service: 'arm', fault: 'error', path: '/listKeys' })
  t.match(await armRequest(sim, 'POST', '/listKeys'), {
    status: 500,
    body: { error: { code: 'InternalServerError' } },
  })
  t.match(await armRequest(sim, 'POST', '/listKeys'), { status: 200 }, 'an ambush strikes once')
})

t.test('a stop cuts off calls that are still slow', async t => {
  const slow = await AzureSim.start({
    weather: { arm: { slowRate: 1, slowMs: 3_600_000 } },
  })
  trust(slow)
  const call = armRequest(slow, 'GET', '')
  const gone = t.rejects(call)
  await slow.stop()
  await gone
})
