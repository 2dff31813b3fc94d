import t, { type Test } from 'tap'
import { AzureSim, VirtualClock } from '../../src/index.ts'
import { rawRequest, secretClient, trust } from '../clients.ts'

async function start(t: Test, vault: object) {
  const clock = new VirtualClock()
  const sim = await AzureSim.start({
    seed: 23,
    clock,
    weather: { vault },
    tokenLifetimeSeconds: 365 * 86_400,
  })
  t.teardown(() => sim.stop())
  trust(sim)
  const { token } = await sim.credential.getToken('https://vault.azure.net/.default')
  const headers = { authorization: `Bearer ${token}` }
  const call = (method: string, path: string, body?: object) =>
    rawRequest(`${sim.vaultUrl}${path}?api-version=7.5`, {
      method,
      headers,
      ...(body ? { body: JSON.stringify(body) } : {}),
    })
  return { clock, sim, call }
}

t.test('a secret that is being deleted is neither here nor there', async t => {
  const { clock, call } = await start(t, { deleteMs: 5_000, recoverMs: 0, purgeMs: 0 })
  await call('PUT', '/secrets/x', { value: 'v' })
  t.equal((await call('DELETE', '/secrets/x')).status, 200)
  t.equal((await call('GET', '/secrets/x')).status, 404)
  t.equal((await call('GET', '/deletedsecrets/x')).status, 404)
  t.same((await call('GET', '/deletedsecrets')).body, { value: [] })
  t.match(await call('PUT', '/secrets/x', { value: 'w' }), {
    status: 409,
    body: {
      error: {
        code: 'Conflict',
        message: 'Secret x is currently being deleted and cannot be re-created; retry later.',
        innererror: { code: 'ObjectIsBeingDeleted' },
      },
    },
  })
  for (const [method, path] of [
    ['DELETE', '/deletedsecrets/x'],
    ['POST', '/deletedsecrets/x/recover'],
  ] as const) {
    t.match(await call(method, path), {
      status: 409,
      body: { error: { message: 'Secret is currently being deleted.' } },
    })
  }
  clock.advance(5_000)
  t.equal((await call('GET', '/deletedsecrets/x')).status, 200)
})

t.test('a name is free only some time after its purge, as is one that is recovered', async t => {
  const { clock, call } = await start(t, { deleteMs: 0, recoverMs: 3_000, purgeMs: 2_000 })
  await call('PUT', '/secrets/x', { value: 'v' })
  await call('DELETE', '/secrets/x')
  t.equal((await call('POST', '/deletedsecrets/x/recover')).status, 200)
  t.equal((await call('GET', '/secrets/x')).status, 404, 'not yet')
  t.match(await call('PUT', '/secrets/x', { value: 'w' }), {
    status: 409,
    body: {
      error: {
        message: 'Secret x is currently being recovered and cannot be re-created; retry later.',
        innererror: { code: 'ObjectIsBeingRecovered' },
      },
    },
  })
  clock.advance(3_000)
  t.match(await call('GET', '/secrets/x'), { status: 200, body: { value: 'v' } })
  await call('DELETE', '/secrets/x')
  t.equal((await call('DELETE', '/deletedsecrets/x')).status, 204)
  t.equal((await call('GET', '/deletedsecrets/x')).status, 404)
  t.equal((await call('PUT', '/secrets/x', { value: 'w' })).status, 409)
  clock.advance(2_000)
  t.equal((await call('PUT', '/secrets/x', { value: 'w' })).status, 200)
})

t.test('a deleted secret is purged by itself on its scheduled date', async t => {
  const { clock, call } = await start(t, { deleteMs: 0 })
  await call('PUT', '/secrets/x', { value: 'v' })
  const { body } = await call('DELETE', '/secrets/x')
  const { scheduledPurgeDate, deletedDate } = body as Record<string, number>
  t.equal((scheduledPurgeDate ?? 0) - (deletedDate ?? 0), 90 * 86_400)
  t.equal((await call('GET', '/deletedsecrets/x')).status, 200)
  clock.advance(90 * 86_400_000)
  t.equal((await call('GET', '/deletedsecrets/x')).status, 404)
  t.same((await call('GET', '/deletedsecrets')).body, { value: [] })
  t.equal((await call('PUT', '/secrets/x', { value: 'w' })).status, 200)
})

t.test('for a while a replica still serves the version before', async t => {
  const { clock, call } = await start(t, { staleMs: 10_000, staleRate: 0.5 })
  await call('PUT', '/secrets/x', { value: 'one' })
  clock.advance(10_000)
  await call('PUT', '/secrets/x', { value: 'two' })
  const read = async () => {
    const seen = new Set<unknown>()
    for (let at = 0; at < 20; at++) {
      seen.add(((await call('GET', '/secrets/x')).body as { value: string }).value)
    }
    return [...seen].sort()
  }
  t.same(await read(), ['one', 'two'], 'it depends on whom one asks')
  clock.advance(10_000)
  t.same(await read(), ['two'], 'all agree in the end')
})

t.test('by default every read sees the last set', async t => {
  const { sim } = await start(t, {})
  const secrets = secretClient(sim)
  for (let at = 0; at < 20; at++) {
    await secrets.setSecret('x', `${at}`)
    t.equal((await secrets.getSecret('x')).value, `${at}`)
  }
})
