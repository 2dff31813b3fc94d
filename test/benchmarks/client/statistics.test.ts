import fc from 'fast-check'
import t from 'tap'
import {
  leftOut,
  median,
  medianBounds,
  paired,
  roundsMin,
} from '../../../benchmarks/client/statistics.ts'

/** Ways to throw at most so many heads, counted by Pascal's triangle in whole numbers. */
const waysUpTo = (heads: number, count: number): bigint => {
  let row = [1n]
  for (let n = 0; n < count; n++) row = [1n, ...row.map((ways, k) => ways + (row[k + 1] ?? 0n))]
  return row.slice(0, heads + 1).reduce((a, b) => a + b, 0n)
}

/** Whether leaving out so many at each end still holds the median with 95 %. */
const holds = (out: number, count: number): boolean =>
  2n * waysUpTo(out, count) * 20n <= 1n << BigInt(count)

t.test(
  'the bounds are the narrowest that hold the median with 95 %, for any distribution',
  async t => {
    for (let count = roundsMin; count <= 60; count++) {
      const out = leftOut(count)
      t.ok(holds(out, count), `${count} rounds without ${out} at each end`)
      t.notOk(holds(out + 1, count), `${count} rounds without ${out + 1} at each end`)
    }
  },
)

const rounds = fc.array(fc.double({ min: 0.01, max: 100, noNaN: true }), {
  minLength: roundsMin,
  maxLength: 40,
})

t.test('bounds are values that were measured, around the median', async () => {
  fc.assert(
    fc.property(rounds, values => {
      const { low, median: middle, high } = medianBounds(values)
      return values.includes(low) && values.includes(high) && low <= middle && middle <= high
    }),
  )
})

t.test('the order of the rounds means nothing', async () => {
  fc.assert(
    fc.property(rounds, values => {
      const [a, b] = [medianBounds(values), medianBounds(values.toReversed())]
      return a.low === b.low && a.median === b.median && a.high === b.high
    }),
  )
})

t.test('twice the ratio has twice the bounds', async () => {
  fc.assert(
    fc.property(rounds, values => {
      const [a, b] = [medianBounds(values), medianBounds(values.map(value => 2 * value))]
      return b.low === 2 * a.low && b.median === 2 * a.median && b.high === 2 * a.high
    }),
  )
})

t.test('one wild round among nine moves no bound beyond the others', async () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1e9, noNaN: true }), wild => {
      const { low, high } = medianBounds([1, 2, 3, 4, 5, 6, 7, 8, wild])
      return low >= 1 && high <= 8
    }),
  )
})

t.test('too few rounds are refused, not rounded up to a certainty', async t => {
  t.throws(() => medianBounds([1, 2, 3, 4, 5]), { name: 'RangeError', message: /at least 6/ })
})

t.test('the median of an even number of rounds lies between the two in the middle', async t => {
  t.equal(median([4, 1, 3, 2]), 2.5)
  t.equal(median([3, 1, 2]), 2)
})

t.test('a round is compared with the same round', async t => {
  t.same(paired([2, 9, 8], [1, 3, 4]), [2, 3, 2])
})
