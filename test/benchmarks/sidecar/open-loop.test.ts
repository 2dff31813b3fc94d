import t from 'tap'
import { openLoop } from '../../../benchmarks/sidecar/open-loop.ts'

t.test('whoever stalls is asked all the same, and pays for the wait of each', async t => {
  const stall = Promise.withResolvers<void>()
  let asked = 0
  const latencies = await openLoop({
    perSecond: 100,
    seconds: 0.5,
    send: async () => {
      asked += 1
      if (asked === 50) stall.resolve()
      await stall.promise
    },
  })
  t.equal(latencies.length, 50)
  t.ok((latencies[0] ?? 0) > 450, 'the first waited for nearly all of the half second')
  t.ok((latencies[0] ?? 0) > (latencies[49] ?? 0), 'and the last hardly')
})
