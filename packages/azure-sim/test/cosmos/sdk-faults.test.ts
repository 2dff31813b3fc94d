import t from 'tap'
import type { Fault } from '../../src/cosmos/faults.ts'
import { openShop } from './support/shop.ts'
import { statusOf } from './support/status.ts'

const isDocument = (name: string): boolean => name.endsWith(' docs')

t.test('a throttled write is tried again, and its caller waits and sees nothing', async t => {
  const { container, cosmos } = await openShop(t)
  cosmos.faults.demand({ kind: 'throttle', retryAfterMs: 5 }, 3, isDocument)
  const { statusCode, diagnostics } = await container.items.create({ id: 'a', customer: 'ann' })
  t.equal(statusCode, 201)
  t.equal(diagnostics.clientSideRequestStatistics.retryDiagnostics.failedAttempts.length, 3)
})

t.test('throttled without end, the caller is told 429 and how long to wait', async t => {
  const { container, cosmos, client } = await openShop(t)
  cosmos.faults.demand({ kind: 'throttle', retryAfterMs: 5 }, 50, isDocument)
  const connectionPolicy = {
    retryOptions: {
      maxRetryAttemptCount: 2,
      fixedRetryIntervalInMilliseconds: 0,
      maxWaitTimeInSeconds: 5,
    },
  }
  const hasty = client('primary', { connectionPolicy }).database('shop').container('orders')
  await t.rejects(hasty.items.create({ id: 'a', customer: 'ann' }), {
    code: 429,
    headers: { 'x-ms-retry-after-ms': '5' },
  })
  t.ok(container)
})

const told: readonly (readonly [kind: 'retryWith' | 'timeout' | 'unavailable', code: number])[] = [
  ['retryWith', 449],
  ['timeout', 408],
  ['unavailable', 503],
]

for (const [kind, code] of told) {
  t.test(`a write that met ${code} is told so, and did not happen`, async t => {
    const { container, cosmos } = await openShop(t)
    const fault: Fault = { kind }
    cosmos.faults.demand(fault, 9, isDocument)
    t.equal(await statusOf(container.items.create({ id: 'a', customer: 'ann' })), code)
    while (cosmos.faults.draw('/dbs/shop/colls/orders/docs docs') !== null);
    t.equal((await container.items.create({ id: 'a', customer: 'ann' })).statusCode, 201)
  })
}

t.test('a read that met 503 is tried again', async t => {
  const { container, cosmos } = await openShop(t)
  await container.items.create({ id: 'a', customer: 'ann' })
  cosmos.faults.demand({ kind: 'unavailable' }, 1, isDocument)
  t.equal((await container.item('a', 'ann').read()).statusCode, 200)
})

t.test('a lost answer: the write happened, and its caller finds it there', async t => {
  const { container, cosmos } = await openShop(t)
  cosmos.faults.demand({ kind: 'resetAfter' }, 1, isDocument)
  const met = await statusOf(container.items.create({ id: 'a', customer: 'ann' }))
  t.ok(met !== 'not refused', `${met}`)
  t.equal(await statusOf(container.items.create({ id: 'a', customer: 'ann' })), 409)
})
