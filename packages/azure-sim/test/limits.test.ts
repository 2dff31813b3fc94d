import t from 'tap'
import { ArmLimits } from '../src/arm/limits.ts'
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

t.test('deletions are counted apart', async t => {
  const answer = await armRequest(sim, 'DELETE', '/nothing')
  t.equal(left(answer.headers, 'deletes'), '199')
})

/** So many answers of one account to calls of one kind, and the first refusal. */
function askAccount(limits: ArmLimits, clock: VirtualClock, path: string, times: number) {
  const call = { method: 'POST', path, query: new URLSearchParams(), headers: {}, text: '' }
  let refused: { at: number; retryAfter: string | undefined } | undefined
  for (let at = 1; at <= times && refused === undefined; at++) {
    clock.advance(100) // Slow enough for ARM's own bucket.
    const { refusal } = limits.admit(call, 'caller')
    if (refusal) refused = { at, retryAfter: refusal.headers?.['retry-after'] }
  }
  return refused
}

t.test('an account lists its keys 500 times in five minutes, and does as much else', async t => {
  const clock = new VirtualClock(0)
  const limits = new ArmLimits(clock, true)
  t.equal(askAccount(limits, clock, '/x/databaseAccounts/a/regenerateKey', 500), undefined)
  t.same(askAccount(limits, clock, '/x/databaseAccounts/a/listKeys', 600), {
    at: 501,
    retryAfter: '250',
  })
  t.match(askAccount(limits, clock, '/x/databaseAccounts/a/readonlykeys', 1), { at: 1 })
  t.match(askAccount(limits, clock, '/x/databaseAccounts/a/regenerateKey', 1), { at: 1 })
  clock.advance(300_000)
  t.equal(askAccount(limits, clock, '/x/databaseAccounts/a/listKeys', 1), undefined)
})

t.test('the write region moves ten times an hour', async t => {
  const clock = new VirtualClock(0)
  const limits = new ArmLimits(clock, true)
  const path = '/x/databaseAccounts/a/failoverPriorityChange'
  t.match(askAccount(limits, clock, path, 20), { at: 11 })
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
