import t from 'tap'
import type { Identity } from '../../src/access/identity.ts'
import { accessSchema } from '../../src/access/options.ts'
import { networkOf, RateLimits } from '../../src/api/rate-limits.ts'
import { ask, configFor, report, reportOf, startAzure, startCoordinator } from '../support.ts'

const limitsOf = (limits: object) => new RateLimits(accessSchema.parse({ limits }).limits)

const person = (subject: string): Identity => ({
  ...{ name: subject, roles: ['viewer'], by: 'jwt', issuer: 'i', subject },
})

t.test('each identity has its own measure', async t => {
  const limits = limitsOf({ requestsPerSecond: 1, looksPerMinute: 2 })
  for (let each = 0; each < 10; each += 1) await limits.asked(person('ada'))
  await t.rejects(limits.asked(person('ada')), {
    code: 'TOO_MANY_REQUESTS',
    status: 429,
    headers: { 'retry-after': /^\d+$/ },
  })
  await limits.asked(person('bob'))
  for (let each = 0; each < 2; each += 1) await limits.looked(person('ada'))
  await t.rejects(limits.looked(person('ada')), { code: 'TOO_MANY_REQUESTS' })
})

t.test('a fleet of 6,000 behind one address and one token starves nobody', async t => {
  const limits = limitsOf({})
  const token: Identity = { ...person('member'), by: 'token', reporting: () => null }
  const started = Array.from({ length: 6_000 }, async (_, index) => {
    const free = limits.holding(`m-${index}`)
    for (let each = 0; each < 20; each += 1) {
      await limits.asked(token)
      await limits.reported(`m-${index}`)
    }
    free()
  })
  await Promise.all(started)
  t.pass('twenty reports of each in a moment')
  for (let each = 0; each < 200; each += 1) await limits.reported('loud')
  await t.rejects(limits.reported('loud'), { code: 'TOO_MANY_REQUESTS' })
  await limits.reported('m-1')
})

t.test('so many are held, and so many follow', async t => {
  const limits = limitsOf({})
  const held = Array.from({ length: 8 }, () => limits.holding('one'))
  t.throws(() => limits.holding('one'), { code: 'TOO_MANY_REQUESTS' })
  limits.holding('two')
  held[0]?.()
  held[0]?.()
  limits.holding('one')
  t.throws(() => limits.holding('one'), { code: 'TOO_MANY_REQUESTS' }, 'a place is freed once')
  for (let each = 0; each < 32; each += 1) limits.streaming(person('ada'))
  t.throws(() => limits.streaming(person('ada')), { code: 'TOO_MANY_STREAMS' })
  for (let each = 0; each < 480; each += 1) limits.streaming(person(`p-${each}`))
  t.throws(() => limits.streaming(person('last')), { code: 'TOO_MANY_STREAMS' }, 'in all')
})

t.test('whoever is known passes, however many of its address are refused', async t => {
  const azure = await startAzure(t)
  const coordinator = await startCoordinator(t, azure, configFor(t, azure))
  const wrong = () => ask(coordinator, 'GET', '/v1/accounts', undefined, 'wrong')
  for (let each = 0; each < 120; each += 1) t.equal((await wrong()).status, 401)
  t.match(await wrong(), { status: 429, body: { code: 'TOO_MANY_REQUESTS' } })
  t.equal((await ask(coordinator, 'GET', '/v1/accounts')).status, 200)
  const said = reportOf(azure, 'one', {})
  t.same(await report(coordinator, 'one', said), { floor: 0, announced: null })
})

t.test('one network of IPv6 counts as one', t => {
  t.equal(networkOf('2001:db8:1:2:3:4:5:6'), networkOf('2001:db8:1:2:ffff::1'))
  t.equal(networkOf('2001:db8::1'), networkOf('2001:db8::ffff:2'), 'zeros may be left out')
  t.equal(networkOf('2001:db8::1'), networkOf('2001:db8:0:0:5:6:7:8'))
  t.equal(networkOf('fe80::1%eth0'), networkOf('fe80::2%eth0'))
  t.not(networkOf('2001:db8:1:2::1'), networkOf('2001:db8:1:3::1'))
  t.equal(networkOf('::ffff:10.0.0.1'), '::ffff:10.0.0.1')
  t.equal(networkOf('10.0.0.1'), '10.0.0.1')
  t.end()
})

t.test('bodies and headers are bounded, other sites are refused, nothing is cached', async t => {
  const azure = await startAzure(t)
  const coordinator = await startCoordinator(t, azure, configFor(t, azure))
  const { url, tokens } = coordinator
  const authorization = `Bearer ${tokens.operator}`
  const send = (headers: Record<string, string>, body?: string) =>
    fetch(`${url}/v1/accounts${body === undefined ? '' : '/orders/verbs'}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { authorization, 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body }),
    })
  const code = async (response: Response) => ((await response.json()) as { code?: string }).code
  const large = JSON.stringify({ verb: 'pause', reason: 'x'.repeat(20_000) })
  t.equal(await code(await send({}, large)), 'TOO_LARGE')
  t.equal(await code(await send({ 'content-type': 'text/plain' }, '{}')), 'BAD_REQUEST')
  t.equal(await code(await send({ origin: 'https://evil.example' })), 'CROSS_SITE')
  t.equal(await code(await send({ 'sec-fetch-site': 'cross-site' })), 'CROSS_SITE')
  t.equal((await send({ origin: url, 'sec-fetch-site': 'same-origin' })).status, 200)
  const { headers } = await send({})
  t.equal(headers.get('cache-control'), 'no-store')
  t.equal(headers.get('x-content-type-options'), 'nosniff')
  t.match(headers.get('content-security-policy'), /default-src 'none'/)
  for (const name of ['access-control-allow-origin', 'x-powered-by', 'etag', 'server']) {
    t.equal(headers.get(name), null, name)
  }
  const preflight = await fetch(`${url}/v1/accounts`, { method: 'OPTIONS' })
  t.equal(preflight.headers.get('access-control-allow-origin'), null)
})
