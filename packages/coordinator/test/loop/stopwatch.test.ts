import t from 'tap'
import { stopwatch } from '../../src/loop/stopwatch.ts'

t.test('of two clocks the one that says more counts', async t => {
  let monotonic = 50
  let wall = 1_000_000
  const passed = stopwatch([() => wall, () => monotonic])
  t.equal(passed(), 0)
  monotonic += 20
  wall += 10
  t.equal(passed(), 20)
  wall -= 3_600_000
  t.equal(passed(), 20, 'a clock that is set back gives nobody more time')
  wall += 7_200_000
  t.equal(passed(), 3_600_010, 'the machine slept, or the clock was set: late either way')
})
