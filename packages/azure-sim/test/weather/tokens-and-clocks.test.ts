import { decodeJwt } from 'jose'
import t, { type Test } from 'tap'
import { AzureSim, VirtualClock } from '../../src/index.ts'
import { armRequest, rawRequest, secretClient, trust } from '../clients.ts'

const armScope = 'https://management.azure.com/.default'
const vaultScope = 'https://vault.azure.net/.default'

async function start(t: Test, options: object = {}) {
  const sim = await AzureSim.start({ seed: 33, ...options })
  t.teardown(() => sim.stop())
  trust(sim)
  const arm = async (token?: string) => {
    const bearer = token ?? (await sim.credential.getToken(armScope)).token
    return rawRequest(`${sim.armEndpoint}${sim.accountId}?api-version=2026-03-15`, {
      headers: { authorization: `Bearer ${bearer}` },
    })
  }
  return { sim, arm }
}

t.test('a good token may be called expired, by ARM and by the vault', async t => {
  const { sim, arm } = await start(t)
  sim.setWeather({ arm: { expiredRate: 1 }, vault: { expiredRate: 1 } })
  t.match(await arm(), { status: 401, body: { error: { code: 'ExpiredAuthenticationToken' } } })
  const { token } = await sim.credential.getToken(vaultScope)
  const url = `${sim.vaultUrl}/secrets?api-version=7.5`
  const headers = { authorization: `Bearer ${token}` }
  const refused = await rawRequest(url, { headers })
  t.match(refused, { status: 401, body: { error: { code: 'Unauthorized' } } })
  t.ok(refused.headers.get('www-authenticate'), 'with the challenge')
  t.match(
    await rawRequest(url),
    { body: { error: { message: /^AKV10000/ } } },
    'who has no token cannot have an expired one',
  )
  t.match(sim.witness.testimony().vault, [{ fault: 'expired', status: 401 }])
})

t.test('the unmodified vault client asks for a new token and goes on', async t => {
  const { sim } = await start(t)
  const secrets = secretClient(sim)
  await secrets.setSecret('x', 'value')
  sim.weather.once({ service: 'vault', fault: 'expired' })
  t.equal((await secrets.getSecret('x')).value, 'value')
  const statuses = sim.witness.testimony().vault.map(({ status }) => status)
  t.same(statuses.slice(-2), [401, 200])
})

t.test('a server error may hide that the call took effect', async t => {
  const { sim } = await start(t, { regeneration: { durationMs: 60_000 } })
  sim.weather.once({ service: 'arm', fault: 'broken', path: '/regenerateKey' })
  const answer = await armRequest(sim, 'POST', '/regenerateKey', { body: { keyKind: 'primary' } })
  t.match(answer, { status: 500, body: { error: { code: 'InternalServerError' } } })
  t.ok(sim.account.running())
  t.match(sim.witness.testimony().arm.at(-1), {
    status: 500,
    fault: 'broken',
    body: { keyKind: 'primary' },
    caller: sim.principals['operator']?.clientId,
  })
})

t.test('some tokens live shorter than others', async t => {
  const { sim } = await start(t, {
    weather: { entra: { shortLifeRate: 0.5, shortLifeSeconds: 30 } },
  })
  const lives = new Set<number>()
  for (let at = 0; at < 20; at++) {
    const { token } = await sim.credentialOf('operator').getToken(armScope)
    const { exp = 0, iat = 0 } = decodeJwt(token)
    lives.add(exp - iat)
  }
  t.same([...lives].sort(), [30, 3_599])
})

t.test('a service whose clock is off says so in its answers, and in what it takes', async t => {
  const clock = new VirtualClock()
  const { sim, arm } = await start(t, { clock, tokenLifetimeSeconds: 600 })
  const { token } = await sim.credentialOf('operator').getToken(armScope)
  const dateOf = async () => Date.parse((await arm(token)).headers.get('date') ?? '')
  const second = (ms: number) => Math.floor(ms / 1_000) * 1_000
  t.equal(await dateOf(), second(clock.now()))

  sim.setWeather({ arm: { skewMs: 3_600_000 } })
  t.equal(await dateOf(), second(clock.now() + 3_600_000))
  t.match(await arm(token), {
    status: 401,
    body: { error: { code: 'ExpiredAuthenticationToken' } },
  })

  sim.setWeather({ arm: { skewMs: -3_600_000 } })
  t.match(await arm(token), {
    status: 401,
    body: { error: { code: 'InvalidAuthenticationToken' } },
  })

  sim.setWeather({ arm: { skewMs: 0 }, entra: { skewMs: -3_600_000 } })
  const early = await sim.credentialOf('operator').getToken(armScope)
  const { exp = 0 } = decodeJwt(early.token)
  t.ok(exp * 1_000 < clock.now(), 'Entra gave out what is long over')
  t.equal((await arm(early.token)).status, 401)
  t.equal((await arm(token)).status, 200)
})

t.test('all of it is settable from another process', async t => {
  const { sim, arm } = await start(t)
  const { controlUrl } = sim.describe()
  const put = (path: string, body: object) =>
    rawRequest(`${controlUrl}${path}`, { method: 'PUT', body: JSON.stringify(body) })
  t.match(await put('/weather', { arm: { expiredRate: 1 }, vault: { staleMs: [1, 2] } }), {
    status: 200,
    body: { arm: { expiredRate: 1 }, vault: { staleMs: [1, 2] } },
  })
  t.equal((await arm()).status, 401)
  await put('/weather', { arm: { expiredRate: 0 } })
  t.match(await put('/operations', { management: { durationMs: 1_000 } }), {
    body: { management: { durationMs: 1_000 }, geography: { failRate: 0 } },
  })
  t.match(await put('/operations', { geography: { gap: 1 } }), { status: 400 })
  t.match(await put('/locks', { locks: [{ level: 'ReadOnly' }] }), { status: 200 })
  t.equal((await armRequest(sim, 'POST', '/listKeys')).status, 409)
  t.match(await put('/locks', { locks: 'none' }), { status: 400 })
  t.match(await put('/locks', { locks: [] }), { body: { locks: [] } })
  const rotate = `${controlUrl}/signing-key/rotate`
  const retire = { method: 'POST', body: '{"retire":true}' }
  const { token } = await sim.credential.getToken(armScope)
  t.equal((await rawRequest(rotate, retire)).status, 204)
  t.equal((await arm(token)).status, 401)
  t.match(await put('/weather', { vault: { staleRate: 2 } }), { status: 400 })
  t.match(await put('/weather', { arm: { staleMs: 2 } }), { status: 400 }, 'ARM has no replicas')
})
