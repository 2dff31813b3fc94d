import { connect } from 'node:net'
import fc from 'fast-check'
import t from 'tap'
import { Faults } from '../../src/cosmos/faults.ts'
import { makeKey } from './support/account.ts'
import { seeded, startCosmos } from './support/cosmos.ts'
import { raw, signed } from './support/raw.ts'

const rough = {
  throttle: 0.2,
  resetBefore: 0.1,
  resetAfter: 0.1,
  slow: { rate: 0.2, ms: [5, 50] },
  unavailable: 0.1,
} as const

t.test('no fault is drawn while all rates are zero', async t => {
  const faults = new Faults(seeded(1))
  t.ok(Array.from({ length: 1_000 }, (_, n) => faults.draw(`op${n % 10}`)).every(f => f === null))
})

t.test('each operation meets the same weather in whatever order operations come', async t => {
  const names = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1, maxLength: 60 })
  fc.assert(
    fc.property(fc.integer(), names, (seed, order) => {
      const draws = (list: readonly string[]): Map<string, unknown[]> => {
        const faults = new Faults(seeded(seed), rough)
        const met = new Map<string, unknown[]>()
        for (const name of list) met.set(name, [...(met.get(name) ?? []), faults.draw(name)])
        return met
      }
      t.same(draws(order), draws(order.toSorted()))
    }),
    { numRuns: 50 },
  )
})

t.test('faults come about as often as they are asked for', async t => {
  const faults = new Faults(seeded(7), { throttle: 0.25 })
  const drawn = Array.from({ length: 4_000 }, (_, n) => faults.draw(`op${n}`))
  const share = drawn.filter(fault => fault?.kind === 'throttle').length / drawn.length
  t.ok(Math.abs(share - 0.25) < 0.03, `${share}`)
})

t.test('a rate outside 0 to 1 is refused by name', async t => {
  t.throws(() => new Faults(seeded(1), { throttle: 1.5 }), /throttle is 1.5/)
  t.throws(() => new Faults(seeded(1)).set({ slow: { rate: 0.1, ms: [9, 1] } }), /slow\.ms/)
})

t.test('each fault is answered as the service words it', async t => {
  const { endpoint, keys, cosmos } = await startCosmos(t)
  const ask = () =>
    raw(endpoint, { path: '/dbs', headers: signed(keys.get('primary'), { type: 'dbs', link: '' }) })
  cosmos.faults.demand({ kind: 'throttle', retryAfterMs: 12 })
  const throttled = await ask()
  t.match(throttled, {
    status: 429,
    headers: { 'x-ms-retry-after-ms': '12', 'x-ms-substatus': '3200' },
    body: { code: '429', message: /Request rate is large/ },
  })
  const statuses = { unavailable: 503, retryWith: 449, timeout: 408 } as const
  for (const [kind, status] of Object.entries(statuses)) {
    cosmos.faults.demand({ kind: kind as keyof typeof statuses })
    t.equal((await ask()).status, status)
  }
  t.equal((await ask()).status, 200)
})

t.test('a slow answer waits on the clock', async t => {
  const { endpoint, keys, cosmos, clock } = await startCosmos(t)
  cosmos.faults.demand({ kind: 'slow', ms: 777 })
  const headers = signed(keys.get('primary'), { type: 'dbs', link: '' })
  t.equal((await raw(endpoint, { path: '/dbs', headers })).status, 200)
  t.same(clock.slept, [777])
})

t.test('a reset comes before the effect or after it', async t => {
  const { endpoint, keys, cosmos, records } = await startCosmos(t)
  const create = (id: string) =>
    raw(endpoint, {
      verb: 'POST',
      path: '/dbs',
      headers: signed(keys.get('primary'), { verb: 'POST', type: 'dbs', link: '' }),
      body: JSON.stringify({ id }),
    })
  cosmos.faults.demand({ kind: 'resetBefore' })
  await t.rejects(create('a'), { code: 'ECONNRESET' })
  t.equal(cosmos.catalogue.database('a'), undefined)
  cosmos.faults.demand({ kind: 'resetAfter' })
  await t.rejects(create('b'), { code: 'ECONNRESET' })
  t.equal(cosmos.catalogue.database('b')?.id, 'b')
  t.match(records, [{ status: 0 }, { status: 0 }], 'no status was given')
})

t.test("a refused signature does not use up an operation's weather", async t => {
  const met = async (refusals: number) => {
    const { endpoint, keys } = await startCosmos(t, { seed: 3, weather: { unavailable: 0.5 } })
    const ask = (key = keys.get('primary')) =>
      raw(endpoint, {
        path: '/dbs',
        headers: {
          ...signed(key, { type: 'dbs', link: '' }),
          'x-azure-sim-operation': 'app-1/op-17',
        },
      })
    const statuses: number[] = []
    for (let n = 0; n < 12; n++) {
      for (let r = 0; r < refusals; r++) t.equal((await ask(makeKey('primary', 50))).status, 401)
      statuses.push((await ask()).status)
    }
    return statuses
  }
  const calm = await met(0)
  t.ok(calm.includes(503) && calm.includes(200), `${calm}`)
  t.same(await met(2), calm)
})

t.test('the SDK rides out throttling, and its caller sees nothing', async t => {
  const { client, cosmos } = await startCosmos(t, { seed: 5 })
  const { database } = await client().databases.create({ id: 'd' })
  const { container } = await database.containers.create({
    id: 'c',
    partitionKey: { paths: ['/id'] },
  })
  cosmos.faults.set({ throttle: 0.3 })
  for (let n = 0; n < 30; n++)
    t.equal((await container.items.create({ id: `i${n}` })).statusCode, 201)
})

t.test(
  'a region that lags behind the session is told from one that lacks the document',
  async t => {
    const { client, cosmos } = await startCosmos(t)
    const { database } = await client().databases.create({ id: 'd' })
    const { container } = await database.containers.create({
      id: 'c',
      partitionKey: { paths: ['/id'] },
    })
    await container.items.create({ id: 'a' })
    cosmos.faults.demand({ kind: 'sessionNotAvailable' })
    t.equal((await container.item('a', 'a').read()).resource?.id, 'a', 'the SDK asks again')
  },
)

t.test('a client that goes away in the middle of its body harms nobody', async t => {
  const { endpoint, keys } = await startCosmos(t)
  const headers = signed(keys.get('primary'), { verb: 'POST', type: 'dbs', link: '' })
  const { port } = new URL(endpoint)
  await new Promise<void>(resolve => {
    const socket = connect(Number(port), '127.0.0.1', () => {
      const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
      const head = `POST /dbs HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n${lines.join('')}\r\n{"id`
      socket.write(head, () => socket.destroy())
    })
    socket.on('close', () => resolve())
  })
  const after = signed(keys.get('primary'), { type: 'dbs', link: '' })
  t.equal((await raw(endpoint, { path: '/dbs', headers: after })).status, 200)
})
