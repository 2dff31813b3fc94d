import fc from 'fast-check'
import t from 'tap'
import { quantileOf, quantilesOf, ranksAround } from '../../../benchmarks/sidecar/quantiles.ts'

t.test('too few values say nothing of what lies above a p99', async t => {
  t.equal(ranksAround(100, 0.99).high, 100)
  t.ok(ranksAround(1_000, 0.99).high < 1_000)
})

t.test('the ranks hold the quantile with 95 %, counted by chance', async t => {
  let seed = 1
  // Park and Miller's: the same values in every run.
  const next = (): number => {
    seed = (seed * 48_271) % 2_147_483_647
    return seed / 2_147_483_647
  }
  const rounds = 1_000
  for (const [count, quantile] of [
    [100, 0.5],
    [1_000, 0.99],
  ] as const) {
    let held = 0
    for (let round = 0; round < rounds; round++) {
      const { low, high } = quantileOf(Array.from({ length: count }, next), quantile)
      if (low <= quantile && (high === null || high >= quantile)) held += 1
    }
    t.ok(held / rounds >= 0.94, `${held} of ${rounds}`)
  }
})

t.test('quantiles are values that were measured, and in order', async () => {
  const values = fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1 })
  fc.assert(
    fc.property(values, some => {
      const { p50, p99, bounds } = quantilesOf(some)
      return some.includes(p50) && some.includes(p99) && p50 <= p99 && bounds.p50.low <= p50
    }),
  )
})

t.test('nothing has no quantiles', async t => {
  t.throws(() => quantilesOf([]), RangeError)
})
