import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { KeysEvents } from '@keyturn/cosmos'
import t from 'tap'
import { KeysEmitter } from '../src/events.ts'
import { Account, fingerprint, newKey } from './support/account.ts'
import { ManualSource, openClient, whenProven } from './support/client.ts'

const [a, b, c] = [newKey(), newKey(), newKey()]
const names: readonly (keyof KeysEvents)[] = [
  'swap',
  'failover',
  'refused',
  'exhausted',
  'clock-skew',
  'stray',
]

t.test('each event is told to listeners and on its channel, and never a key', async t => {
  const account = await Account.start(a, b)
  account.know(a, b, c)
  account.put({ id: '1', pk: 'p' })
  const source = new ManualSource()
  const { container, keys, close } = openClient(account.endpoint, { source })
  t.teardown(async () => {
    await close()
    await account.stop()
  })
  const told: [string, unknown][] = []
  const published: [string, unknown][] = []
  for (const name of names) {
    keys.on(name, event => told.push([name, event]))
    const listen = (event: unknown): void => void published.push([name, event])
    subscribe(`keyturn:${name}`, listen)
    t.teardown(() => unsubscribe(`keyturn:${name}`, listen))
  }
  const { endpoint } = account
  source.offer(a, b)
  await container.item('1', 'p').read()
  account.keys.delete(a)
  await container.item('1', 'p').read()
  account.clockOffsetMs = 3_600_000
  await container.item('1', 'p').read()
  account.keys.clear()
  await t.rejects(container.item('1', 'p').read(), { code: 401 })
  source.offer(c, b, { active: 'primary', fenced: ['secondary'] })

  const of = (name: string) => told.filter(each => each[0] === name).map(each => each[1])
  t.match(of('swap'), [
    { version: 1, active: 'primary', fenced: [] },
    {
      version: 2,
      active: 'primary',
      fenced: ['secondary'],
      fingerprints: { primary: fingerprint(c), secondary: fingerprint(b) },
    },
  ])
  t.same(of('failover'), [{ endpoint, from: [fingerprint(a)], to: fingerprint(b) }])
  t.same(of('refused'), [
    { endpoint, fingerprint: fingerprint(a) },
    { endpoint, fingerprint: fingerprint(b) },
  ])
  t.match(of('exhausted'), [{ endpoint }])
  t.match(of('clock-skew'), [{ endpoint, offsetMs: Number }])
  t.same(of('stray'), [{ source: 'keyVault', serving: null }])
  t.same(published, told, 'the channels tell the same')
  const text = JSON.stringify([told, published])
  for (const key of [a, b, c]) {
    for (const secret of [
      key,
      encodeURIComponent(key),
      Buffer.from(key, 'base64').toString('hex'),
    ]) {
      t.notMatch(text, secret)
    }
  }
})

t.test('status tells of each key what an operator asks', async t => {
  const account = await Account.start(a, b)
  account.know(a, b)
  account.put({ id: '1', pk: 'p' })
  const source = new ManualSource()
  const { container, ring, keys, close } = openClient(account.endpoint, { source })
  t.teardown(async () => {
    await close()
    await account.stop()
  })
  const nothing = { version: null, active: null, keys: [] }
  t.match(keys.status(), { ...nothing, source: { kind: 'keyVault', ageMs: null } })
  source.offer(a, b)
  await container.item('1', 'p').read()
  const from = Date.now()
  account.keys.delete(a)
  const waiting = Promise.withResolvers<void>()
  account.intercept = ({ key, path }) => {
    if (key !== b || !path.includes('/docs')) return null
    const during = keys.status().keys.find(each => each.fingerprint === fingerprint(b))
    t.match(during, { slot: 'secondary', state: 'standby', inFlight: 1, total: 1 })
    waiting.resolve()
    return null
  }
  await container.item('1', 'p').read()
  await waiting.promise
  await whenProven(ring)
  const [first, second] = keys.status().keys
  t.match(first, {
    fingerprint: fingerprint(a),
    slot: 'primary',
    state: 'active',
    healthy: false,
    refused: [{ endpoint: account.endpoint, forMs: Number }],
    inFlight: 0,
    idleMs: Number,
  })
  const since = Date.parse(first?.refusedSince ?? '')
  t.ok(since >= from - 1000 && since <= Date.now(), `refused since ${first?.refusedSince}`)
  t.match(second, { fingerprint: fingerprint(b), healthy: true, refusedSince: null, refused: [] })
  source.offer(b, c, { active: 'primary', fenced: ['secondary'] })
  t.match(keys.status(), {
    version: 2,
    active: 'primary',
    keys: [
      { fingerprint: fingerprint(b), slot: 'primary', state: 'active' },
      { fingerprint: fingerprint(c), slot: 'secondary', state: 'fenced', idleMs: null, total: 0 },
      { fingerprint: fingerprint(a), slot: null, state: 'replaced', healthy: true },
    ],
  })
})

t.test('a listener’s fault deprives no other listener', async t => {
  const emitter = new KeysEmitter()
  const heard: string[] = []
  emitter.on('exhausted', () => {
    throw new Error('a listener’s fault, on purpose')
  })
  const stop = emitter.hear('exhausted', ({ endpoint }) => heard.push(endpoint))
  const warned = new Promise<Error>(resolve => process.once('warning', resolve))
  emitter.tell('exhausted', { endpoint: 'west', tried: [] })
  t.same(heard, ['west'])
  t.match(await warned, { message: 'a listener’s fault, on purpose' })
  stop()
  emitter.once('swap', () => heard.push('once'))
  const swap = { version: 1, active: 'primary', fenced: [], fingerprints: {} } as never
  emitter.tell('swap', swap)
  emitter.tell('swap', swap)
  t.same(heard, ['west', 'once'])
})
