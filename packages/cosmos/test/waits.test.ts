import type { HttpClient } from '@azure/core-rest-pipeline'
import { CosmosClient } from '@azure/cosmos'
import { Ring } from '@keyturn/keyring'
import t from 'tap'
import { Engine } from '../src/engine/engine.ts'
import { newKey } from './support/account.ts'
import { ManualSource } from './support/client.ts'
import { virtualEngine, west } from './support/virtual-engine.ts'

const [a, b, c] = [newKey(), newKey(), newKey()]
t.test('a first keyset is waited for one second, and no longer', async t => {
  const { clock, read, service } = virtualEngine(t, [a, b], 0)
  await t.rejects(read(), { code: 'KEYS_UNAVAILABLE', message: /within 1000 ms/ })
  t.equal(clock.now(), 1000)
  t.equal(service.seen.length, 0)
})

t.test('a fresh keyset is waited for one second, and no longer', async t => {
  const { clock, source, read } = virtualEngine(t, [a, b], 0)
  source.offer(a, b, { fenced: ['secondary'] })
  source.onRefresh = () => new Promise(() => {})
  t.equal((await read()).status, 401)
  t.equal(clock.now(), 1000)
})

t.test('where every key is fenced, that ends in an error of its own', async t => {
  const { clock, source, read, service } = virtualEngine(t, [a, b], 0)
  source.offer(a, b, { fenced: ['primary', 'secondary'] })
  source.onRefresh = () => new Promise(() => {})
  await t.rejects(read(), { code: 'KEYS_UNAVAILABLE', message: /every key .* is fenced/ })
  t.equal(clock.now(), 1000)
  t.equal(service.seen.length, 0)
})

t.test('a first and a fresh keyset share the second', async t => {
  const { clock, source, read } = virtualEngine(t, [a, b], 0)
  source.onRefresh = () => new Promise(() => {})
  const reading = read()
  await clock.sleep(800)
  source.offer(a, b, { fenced: ['secondary'] })
  t.equal((await reading).status, 401)
  t.equal(clock.now(), 1000)
})

t.test('a keyset that comes within the second serves', async t => {
  const { clock, source, read, service } = virtualEngine(t, [a, b], 0)
  service.accepts.add(a)
  const reading = read()
  await clock.sleep(990)
  source.offer(a, b)
  t.equal((await reading).status, 200)
  t.equal(clock.now(), 990)
})

t.test('a thousand who wait for a first keyset share one wait', async t => {
  const { clock, source, read, service } = virtualEngine(t, [a, b], 0)
  service.accepts.add(a)
  const reading = Promise.all(Array.from({ length: 1000 }, read))
  await clock.sleep(500)
  source.offer(a, b)
  t.ok((await reading).every(({ status }) => status === 200))
  t.equal(clock.now(), 500)
  t.equal(source.refreshes, 0)
})

/** More than three times as many as there are connections. */
const many = 200

t.test('those who wait in vain for a first keyset wait together, however many', async t => {
  const { clock, read, service } = virtualEngine(t, [a, b], 0)
  const ended = await Promise.allSettled(Array.from({ length: many }, read))
  for (const each of ended) t.match(each, { reason: { code: 'KEYS_UNAVAILABLE' } })
  t.equal(clock.now(), 1000)
  t.equal(service.seen.length, 0)
})

t.test('those who wait in vain for a fresh keyset wait together as well', async t => {
  const { clock, source, read } = virtualEngine(t, [a, b], 0)
  source.offer(a, b, { fenced: ['secondary'] })
  source.onRefresh = () => new Promise(() => {})
  await read()
  const from = clock.now()
  const answers = await Promise.all(Array.from({ length: many }, read))
  t.ok(answers.every(({ status }) => status === 401))
  t.equal(clock.now() - from, 1000)
  source.offer(a, b, { fenced: ['primary', 'secondary'] })
  const ended = await Promise.allSettled(Array.from({ length: many }, read))
  for (const each of ended) t.match(each, { reason: { code: 'KEYS_UNAVAILABLE' } })
  t.equal(clock.now() - from, 2000)
})

t.test('a refresh is put off at random, for all at once', async t => {
  const { clock, source, read } = virtualEngine(t, [a, b], 0)
  source.offer(a, b, { fenced: ['secondary'] })
  const asked: number[] = []
  source.onRefresh = async () => void asked.push(clock.now())
  const answers = await Promise.all(Array.from({ length: 60 }, read))
  t.ok(answers.every(({ status }) => status === 401))
  t.equal(asked.length, 1)
  t.ok((asked[0] ?? -1) >= 0 && (asked[0] ?? 99) <= 50, `after ${asked[0]} ms`)
})

t.test('a swap that does not help is not the last word: the source is asked again', async t => {
  const { clock, source, read, service } = virtualEngine(t, [a, b, c], 0)
  service.accepts.add(c)
  source.offer(a, b, { fenced: ['secondary'] })
  source.onRefresh = async () => {
    if (source.refreshes === 1) source.offer(a, b, { fenced: ['primary', 'secondary'] })
    else source.offer(c, b)
  }
  t.equal((await read()).status, 200)
  t.equal(source.refreshes, 2)
  t.ok(clock.now() < 1000)
})

t.test('a source that swaps on and on is given up after the same second', async t => {
  const { clock, source, read } = virtualEngine(t, [a, b], 0)
  source.offer(a, b, { fenced: ['secondary'] })
  source.onRefresh = async () => source.offer(a, b, { fenced: ['secondary'] })
  t.equal((await read()).status, 401)
  t.ok(clock.now() <= 1000)
  t.ok(source.refreshes <= 3)
})

t.test('the SDK asks once, and retries nothing, where no key comes', async t => {
  const source = new ManualSource()
  const ring = new Ring({ source })
  let attempts = 0
  const engine = new Engine({
    lease: {
      ring,
      start: () => void ring.start(),
      giveBack: ms => ring.stop(ms),
    },
    transport: { connections: 1, send: () => Promise.reject(new Error()), close: async () => {} },
    limits: { keysetWaitMsMax: 20 },
  })
  t.teardown(() => engine.close())
  const httpClient: HttpClient = {
    sendRequest(request) {
      attempts += 1
      return engine.sendRequest(request)
    },
  }
  const client = new CosmosClient({
    endpoint: west,
    httpClient,
    tokenProvider: engine.tokenProvider,
    connectionPolicy: { enableEndpointDiscovery: false },
  })
  t.teardown(() => client.dispose())
  const item = client.database('d').container('c').item('1', 'p')
  await t.rejects(item.read(), { code: 'KEYS_UNAVAILABLE' })
  const before = attempts
  await t.rejects(item.read(), { code: 'KEYS_UNAVAILABLE' })
  t.equal(attempts, before + 1)
})
