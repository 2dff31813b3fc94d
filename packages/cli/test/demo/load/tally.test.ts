import t from 'tap'
import { Tally } from '../../../src/demo/load/tally.ts'

t.test('every operation is counted once, by what it was', async t => {
  const tally = new Tally()
  tally.succeeded('point read', 2)
  tally.succeeded('point read', 2)
  tally.failed('upsert', 'one.0/2', { code: 503, message: 'unavailable' }, 5)
  t.same(tally.snapshot(), {
    operations: 3,
    failed: 1,
    failedByCode: { 503: 1 },
    byOperation: { 'point read': 2, upsert: 1 },
  })
})

t.test('a failure is told as its caller saw it, in one line', async t => {
  const tally = new Tally()
  tally.stage = 'during'
  const error = Object.assign(new Error('Refused.\r\nActivityId: 7'), { code: 401 })
  tally.failed('batch', 'one.0/7', error, 1)
  tally.failed('query', 'one.0/8', Object.assign(new Error('gone'), { code: 'ECONNRESET' }), 1)
  tally.failed('bulk', 'one.0/9', 'no error at all', 1)
  const bulk = new Error("The input authorization token can't serve the request. More text.")
  tally.failed('bulk', 'one.0/10', bulk, 1)
  t.match(tally.failures, [
    { id: 'one.0/7', operation: 'batch', stage: 'during', code: '401', sentence: 'Refused.' },
    { code: 'ECONNRESET' },
    { code: 'UNKNOWN', sentence: 'no error' },
    { code: '401' },
  ])
})

t.test('all failures count, and so many are told one by one', async t => {
  const tally = new Tally()
  for (let index = 0; index < 6_000; index += 1) {
    tally.failed('upsert', `one.0/${index}`, { code: 401 }, 1)
  }
  t.equal(tally.snapshot().failed, 6_000)
  t.same(tally.snapshot().failedByCode, { 401: 6_000 })
  t.equal(tally.failures.length, 5_000)
})

t.test('latencies are told apart by stage, and none are taken while code is cold', async t => {
  const tally = new Tally()
  tally.succeeded('upsert', 900)
  for (const [stage, ms] of [
    ['before', 1],
    ['during', 2],
    ['after', 3],
  ] as const) {
    tally.stage = stage
    tally.succeeded('upsert', ms)
    tally.failed('upsert', 'x', {}, ms)
  }
  const { before, during, after } = tally.latencies
  const p50 = [before, during, after].map(each => Math.round(each.getValueAtPercentile(50) / 100))
  t.same(p50, [10, 20, 30], 'in microseconds; one that failed took its time as well')
  t.same(
    [before, during, after].map(each => each.totalCount),
    [2, 2, 2],
  )
})
