import t from 'tap'
import { AzureSim, VirtualClock } from '../src/index.ts'
import { armRequest, trust } from './clients.ts'

const clock = new VirtualClock()
const sim = await AzureSim.start({ seed: 61, clock, limits: 'enforced' })
t.teardown(() => sim.stop())
trust(sim)
const left = (headers: Headers, kind: string) =>
  headers.get(`x-ms-ratelimit-remaining-subscription-${kind}`)

t.test('ARM counts reads and writes apart, and tells what is left', async t => {
  t.equal(left((await armRequest(sim, 'GET', '')).headers, 'reads'), '249')
  const write = await armRequest(sim, 'POST', '/listKeys')
  t.equal(left(write.headers, 'writes'), '199', 'listKeys is a write to ARM')
  t.equal(left(write.headers, 'reads'), null)
})

t.test('ARM refuses what is too much, and takes it again after the time it named', async t => {
  for (let call = 1; call < 200; call++) await armRequest(sim, 'POST', '/listKeys')
  const refused = await armRequest(sim, 'POST', '/listKeys')
  t.match(refused, { status: 429, body: { error: { code: 'TooManyRequests' } } })
  t.equal(left(refused.headers, 'writes'), '0')
  t.equal((await armRequest(sim, 'GET', '')).status, 200, 'reading goes on')
  clock.advance(Number(refused.headers.get('retry-after')) * 1_000)
  t.equal((await armRequest(sim, 'POST', '/listKeys')).status, 200)
})

t.test('by default limits are shown and not enforced', async t => {
  const easy = await AzureSim.start({ clock })
  t.teardown(() => easy.stop())
  trust(easy)
  for (let call = 0; call < 200; call++) await armRequest(easy, 'POST', '/listKeys')
  const answer = await armRequest(easy, 'POST', '/listKeys')
  t.equal(answer.status, 200)
  t.equal(left(answer.headers, 'writes'), '0')
})
