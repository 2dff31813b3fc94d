import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { ResilientCosmosClient } from '@keyturn/cosmos'
import { Ring } from '@keyturn/keyring'
import t from 'tap'
import { Breakers } from '../src/engine/breakers.ts'
import { undiciTransport } from '../src/transport/undici.ts'
import { Account, fingerprint, newKey } from './support/account.ts'
import { ManualSource, openClient } from './support/client.ts'

const [a, b] = [newKey(), newKey()]
type Tap = { teardown(handler: () => unknown): void }

const setUp = async (t: Tap, options: Parameters<typeof openClient>[1] = {}) => {
  const account = await Account.start(a, b)
  account.put({ id: '1', pk: 'p' })
  const source = new ManualSource()
  const opened = openClient(account.endpoint, { source, ...options })
  t.teardown(async () => {
    await opened.close()
    await account.stop()
  })
  const breakers = Breakers.of(opened.ring, 1)
  return { account, source, breakers, ...opened }
}

t.test('a closed client says so beside others on the same ring, which go on', async t => {
  const account = await Account.start(a, b)
  t.teardown(() => account.stop())
  const source = new ManualSource()
  const ring = new Ring({ source }).start()
  t.teardown(() => ring.stop())
  source.offer(a, b)
  const one = new ResilientCosmosClient({ endpoint: account.endpoint, keys: ring })
  await using two = new ResilientCosmosClient({ endpoint: account.endpoint, keys: ring })
  await one.getDatabaseAccount()
  await one.close()
  const seen = account.seen.length
  await t.rejects(one.getDatabaseAccount(), { code: 'CLIENT_CLOSED' })
  t.equal(account.seen.length, seen, 'and sends nothing')
  await two.getDatabaseAccount()
})

t.test('whoever waits for a first keyset is told at once that the client was closed', async t => {
  const { container, engine } = await setUp(t, {
    cosmos: { connectionPolicy: { enableEndpointDiscovery: false } },
    limits: { keysetWaitMsMax: 600_000 },
  })
  const reading = container.item('1', 'p').read()
  const refused = t.rejects(reading, { code: 'CLIENT_CLOSED' })
  await new Promise(setImmediate)
  await engine.close()
  await refused
})

t.test('whoever waits for a fresh keyset is told at once as well', async t => {
  const { account, source, container, engine } = await setUp(t)
  source.offer(a, b, { fenced: ['secondary'] })
  await container.item('1', 'p').read()
  account.keys.clear()
  const asked = Promise.withResolvers<void>()
  source.onRefresh = () => {
    asked.resolve()
    return new Promise(() => {})
  }
  const refused = t.rejects(container.item('1', 'p').read(), { code: 'CLIENT_CLOSED' })
  await asked.promise
  await engine.close()
  await refused
})

t.test('whoever waits to try an ambiguous 401 again is told at once as well', async t => {
  const { account, source, container, engine, ring } = await setUp(t, {
    limits: { ambiguousRetryMs: [600_000] },
  })
  source.offer(a, b)
  await container.item('1', 'p').read()
  account.refuseAll = path => path.includes('/docs')
  const answered = new Promise<void>(resolve => {
    account.intercept = () => {
      resolve()
      return null
    }
  })
  const refused = t.rejects(container.item('1', 'p').read(), { code: 'CLIENT_CLOSED' })
  await answered
  while (ring.sample().usage.some(({ inFlight }) => inFlight > 0)) await new Promise(setImmediate)
  await engine.close()
  await refused
})

t.test('whoever waits for a connection is sent away, whoever holds one is waited for', async t => {
  const transport = undiciTransport({ connections: 1 })
  const { account, source, container, engine } = await setUp(t, { transport })
  source.offer(a, b)
  await container.item('1', 'p').read()
  const arrived = Promise.withResolvers<void>()
  const let1Go = Promise.withResolvers<null>()
  account.intercept = () => {
    arrived.resolve()
    return let1Go.promise
  }
  const first = container.item('1', 'p').read()
  await arrived.promise
  const second = t.rejects(container.item('1', 'p').read(), { code: 'CLIENT_CLOSED' })
  await new Promise(setImmediate)
  const closing = engine.close()
  await second
  let1Go.resolve(null)
  t.match((await first).resource, { id: '1' })
  await closing
})

t.test('closing ends every breaker', async t => {
  const { account, source, container, engine, ring, breakers } = await setUp(t, {
    limits: { breakerResetMs: 20 },
  })
  source.offer(a, b)
  account.keys.delete(a)
  await container.item('1', 'p').read()
  const [refusal] = ring.refusals
  t.match(refusal, { fingerprint: fingerprint(a) })
  const mayTry = (): boolean => breakers.mayTry(fingerprint(a), account.endpoint)
  while (!mayTry()) await new Promise(setImmediate)
  await engine.close()
  t.notOk(mayTry(), 'none of them is left to half-open')
})

for (const [name, scene] of [
  ['an open client', 'healthy'],
  ['a client with a dead key and its breaker open', 'one key dead'],
  ['a client that has lost both keys', 'both keys dead'],
  ['a client disposed by "await using"', 'disposed'],
] as const) {
  t.test(`${name} does not keep a finished process alive`, async t => {
    const account = await Account.start(a, b)
    t.teardown(() => account.stop())
    if (scene === 'one key dead') account.keys.delete(a)
    if (scene === 'both keys dead') account.keys.clear()
    const child = spawn(
      process.execPath,
      [
        '--conditions=keyturn-source',
        '--disable-warning=ExperimentalWarning',
        join(import.meta.dirname, 'support/open-client.ts'),
      ],
      {
        env: { ...process.env, ENDPOINT: account.endpoint, PRIMARY: a, SECONDARY: b, SCENE: scene },
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    )
    const [output, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')])
    t.equal(code, 0)
    const { finishedAfterMs, endedAfterMs, answer } = JSON.parse(output)
    t.equal(answer, scene === 'both keys dead' ? 401 : 200)
    // The shortest of its timers that would hold it otherwise is a breaker's 30 s.
    t.ok(
      endedAfterMs - finishedAfterMs < 20_000,
      `ended ${endedAfterMs - finishedAfterMs} ms later`,
    )
  })
}
