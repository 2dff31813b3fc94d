import t from 'tap'
import { Account, fingerprint, newKey } from './support/account.ts'
import { ManualSource, openClient, whenProven } from './support/client.ts'

const [a, b] = [newKey(), newKey()]
type Tap = { teardown(handler: () => unknown): void }

const setUp = async (t: Tap, options: Parameters<typeof openClient>[1] = {}) => {
  const account = await Account.start(a, b)
  account.know(a, b)
  account.put({ id: '1', pk: 'p' })
  const source = new ManualSource()
  const opened = openClient(account.endpoint, { source, ...options })
  t.teardown(async () => {
    await opened.close()
    await account.stop()
  })
  return { account, source, ...opened }
}

const fast = { ambiguousRetryMs: [1, 1, 1, 1] }
const ofDocuments = (path: string): boolean => path.includes('/docs')

t.test(
  'a container that was just re-created is asked again, and no key is called dead',
  async t => {
    const { account, source, container, ring } = await setUp(t, { limits: fast })
    source.offer(a, b)
    await container.item('1', 'p').read()
    account.seen.length = 0
    account.refuseAll = path => {
      const refused = account.seen.filter(seen => ofDocuments(seen.path)).length
      return ofDocuments(path) && refused < 3
    }
    t.match((await container.item('1', 'p').read()).resource, { id: '1' })
    t.same(ring.refusals, [])
    t.equal(ring.current?.active, 'primary')
    const last = account.seen.at(-1)
    t.equal(last?.key, a, 'the active key is the one that is tried again')
  },
)

t.test('a container that stays refused is given up after its bounded retries', async t => {
  const { account, source, container, ring } = await setUp(t, { limits: fast })
  source.offer(a, b)
  await container.item('1', 'p').read()
  account.seen.length = 0
  account.refuseAll = ofDocuments
  await t.rejects(container.item('1', 'p').read(), { code: 401 })
  t.ok(account.seen.filter(({ path }) => ofDocuments(path)).length <= 10)
  t.same(ring.refusals, [])
})

t.test('a read-only pair is refused a write once, and is as well as before', async t => {
  const { account, source, container, ring } = await setUp(t)
  source.offer(a, b, { pair: 'readOnly' })
  account.keys.clear()
  account.readOnlyKeys = new Set([a, b])
  await container.item('1', 'p').read()
  await container.read()
  account.seen.length = 0
  await t.rejects(container.items.upsert({ id: '2', pk: 'p' }), { code: 401 })
  t.equal(account.seen.length, 1)
  t.same(ring.refusals, [])
  await container.item('1', 'p').read()
  t.equal(account.seen.at(-1)?.key, a)
})

t.test('a read-only key among read-write ones never counts as dead', async t => {
  const { account, source, container, ring, keys } = await setUp(t)
  const refused: unknown[] = []
  keys.on('refused', event => refused.push(event))
  source.offer(a, b)
  account.keys = new Set([b])
  account.readOnlyKeys = new Set([a])
  const cleared = new Promise<void>(resolve =>
    ring.follow(news => news === 'accepted' && resolve()),
  )
  const { statusCode } = await container.items.upsert({ id: '2', pk: 'p' })
  t.equal(statusCode, 201)
  await cleared
  t.same(ring.refusals, [])
  t.same(refused, [])
  await container.item('1', 'p').read()
  t.equal(account.seen.at(-1)?.key, a)
})

t.test('a query counts as a read', async t => {
  const { account, source, container } = await setUp(t)
  source.offer(a, b, { pair: 'readOnly' })
  account.keys.clear()
  account.readOnlyKeys = new Set([a, b])
  const { resources } = await container.items.query('SELECT * FROM c').fetchAll()
  t.match(resources, [{ id: '1' }])
})

t.test('a clock that differs is corrected from the service’s, without a switch', async t => {
  const { account, source, container, keys, ring } = await setUp(t)
  const skews: number[] = []
  keys.on('clock-skew', ({ offsetMs }) => skews.push(offsetMs))
  source.offer(a, b)
  account.clockOffsetMs = 3_600_000
  await container.item('1', 'p').read()
  t.equal(skews.length, 1)
  t.ok(Math.abs((skews[0] ?? 0) - 3_600_000) < 5000)
  t.same(ring.refusals, [])
  t.equal(account.signedWith(b).length, 0)
  account.clockOffsetMs = 0
  await container.item('1', 'p').read()
  t.equal(skews.length, 2, 'and corrected back when this machine’s is')
})

t.test('a service that says nothing of its time gets no second try', async t => {
  const { account, source, container } = await setUp(t)
  source.offer(a, b)
  await container.item('1', 'p').read()
  account.seen.length = 0
  account.intercept = () => ({
    status: 403,
    body: { code: 'Forbidden', message: 'The token is not valid at the current time.' },
  })
  await t.rejects(container.item('1', 'p').read(), { code: 403 })
  t.equal(account.seen.length, 1)
})

const passedThrough = [
  ['a missing header', 401, 'Required Header authorization is missing.', undefined],
  ['a malformed header', 401, "Authorization header doesn't confirm to the required", undefined],
  ['a firewall', 403, 'Request is blocked. Please check your firewall settings.', undefined],
  ['a permission that is missing', 403, 'Request is not authorized', '5300'],
] as const

for (const [name, status, message, substatus] of passedThrough) {
  t.test(`${name} fails fast with Azure’s own error`, async t => {
    const { account, source, container, ring } = await setUp(t)
    source.offer(a, b)
    await container.item('1', 'p').read()
    account.seen.length = 0
    const headers = substatus ? { 'x-ms-substatus': substatus } : undefined
    account.intercept = () => ({ status, body: { code: 'No', message }, headers })
    await t.rejects(container.item('1', 'p').read(), { code: status, message })
    t.equal(account.seen.length, 1)
    t.same(ring.refusals, [])
  })
}

for (const substatus of ['5202', '0', undefined]) {
  t.test(`local auth that is disabled fails fast and says so, substatus ${substatus}`, async t => {
    const { account, source, container, ring } = await setUp(t)
    source.offer(a, b)
    await container.item('1', 'p').read()
    account.seen.length = 0
    const message = 'Local Authorization is disabled. Use an AAD token to authorize all requests.'
    const headers = substatus ? { 'x-ms-substatus': substatus } : undefined
    account.intercept = () => ({ status: 401, body: { code: 'Unauthorized', message }, headers })
    await t.rejects(container.item('1', 'p').read(), {
      code: 'LOCAL_AUTH_DISABLED',
      message: /disableLocalAuth.+aadCredentials/,
      cause: { status: 401, substatus: substatus ? Number(substatus) : null, message },
    })
    t.equal(account.seen.length, 1, 'the other key is not tried, and nothing is retried')
    t.same(ring.refusals, [])
  })
}

t.test('an account without key authentication says so to the very first operation', async t => {
  const { account, source, container } = await setUp(t)
  source.offer(a, b)
  const message = 'Local Authorization is disabled. Use an AAD token to authorize all requests.'
  const headers = { 'x-ms-substatus': '5202' }
  account.intercept = () => ({ status: 401, body: { code: 'Unauthorized', message }, headers })
  await t.rejects(container.item('1', 'p').read(), { code: 'LOCAL_AUTH_DISABLED' })
  t.equal(account.seen.length, 1)
})

t.test('a half-open breaker lets one attempt find the key alive again', async t => {
  const { account, source, container, ring, keys } = await setUp(t, {
    limits: { breakerResetMs: 40 },
  })
  source.offer(a, b)
  account.keys.delete(a)
  await container.item('1', 'p').read()
  await whenProven(ring)
  t.match(ring.refusals, [{ fingerprint: fingerprint(a), proven: true }])
  account.keys.add(a)
  account.seen.length = 0
  while (ring.refusals.length > 0) await container.item('1', 'p').read()
  const trials = account.signedWith(a).filter(({ path }) => path !== '/')
  // On a slow machine the account read that is due two spans later may be the one that finds it.
  t.ok(trials.length <= 1, `${trials.length} attempts were the trial`)
  await container.item('1', 'p').read()
  t.equal(account.seen.at(-1)?.key, a)
  t.same(keys.status().keys[0]?.refused, [])
})

t.test('a trial that is refused heals like any attempt, and closes nothing', async t => {
  const { account, source, container, ring } = await setUp(t, { limits: { breakerResetMs: 20 } })
  source.offer(a, b)
  account.keys.delete(a)
  await container.item('1', 'p').read()
  const before = account.refused(a)
  while (account.refused(a) === before) await container.item('1', 'p').read()
  await whenProven(ring)
  t.match(ring.refusals, [{ fingerprint: fingerprint(a), proven: true }])
})

t.test('a reset in a trial proves nothing, and reaches the caller as a reset', async t => {
  const { account, source, container, ring } = await setUp(t, { limits: { breakerResetMs: 20 } })
  source.offer(a, b)
  account.keys.delete(a)
  await container.items.upsert({ id: '2', pk: 'p' })
  await container.item('1', 'p').read()
  account.keys.add(a)
  account.intercept = ({ key }) => {
    if (key === a) account.reset()
    return null
  }
  const writeUntilTrial = async (): Promise<never> => {
    for (;;) await container.items.upsert({ id: '2', pk: 'p' })
  }
  await t.rejects(writeUntilTrial(), { code: 'ECONNRESET' })
  t.match(ring.refusals, [{ fingerprint: fingerprint(a) }])
})
