import t from 'tap'
import { Permits, permitsFor } from '../../src/engine/permits.ts'

t.test('as many as there are go at once, the others in their order', async t => {
  const permits = new Permits(2)
  t.equal(permits.acquire(), null)
  t.equal(permits.acquire(), null)
  const order: number[] = []
  const waiting = [1, 2, 3].map(i => permits.acquire()?.then(() => order.push(i)))
  permits.release()
  permits.release()
  permits.release()
  await Promise.all(waiting)
  t.same(order, [1, 2, 3])
})

t.test('one who gives up leaves the queue, and takes nobody’s turn', async t => {
  const permits = new Permits(1)
  permits.acquire()
  const cancel = new AbortController()
  const given = permits.acquire(cancel.signal)
  const next = permits.acquire(new AbortController().signal)
  cancel.abort(new Error('enough'))
  await t.rejects(given ?? Promise.resolve(), { message: 'enough' })
  permits.release()
  await next
  permits.release()
  t.equal(permits.acquire(), null)
  const late = permits.acquire(AbortSignal.abort(new Error('before')))
  await t.rejects(late ?? Promise.resolve(), { message: 'before' })
})

t.test('a long queue is served to its end', async t => {
  const permits = new Permits(1)
  permits.acquire()
  let served = 0
  const all = Array.from({ length: 5000 }, async () => {
    await permits.acquire()
    served += 1
    permits.release()
  })
  permits.release()
  await Promise.all(all)
  t.equal(served, 5000)
  t.equal(permits.acquire(), null)
})

t.test('one connection is kept for account reads, where there is more than one', async t => {
  t.equal(permitsFor(64), 63)
  t.equal(permitsFor(2), 1)
  t.equal(permitsFor(1), 1)
  t.equal(permitsFor(Number.POSITIVE_INFINITY), Number.POSITIVE_INFINITY)
})
