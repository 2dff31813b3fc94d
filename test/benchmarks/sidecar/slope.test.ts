import t from 'tap'
import { type Point, slopeOf, studentsT } from '../../../benchmarks/sidecar/slope.ts'

t.test('a straight line has its slope, and no doubt of it', async t => {
  const points = Array.from({ length: 9 }, (_, x): Point => [x, 3 - 0.5 * x])
  const { value, low, high } = slopeOf(points)
  t.ok(Math.abs(value + 0.5) < 1e-9 && high - low < 1e-6)
})

t.test('Student’s t is that of the tables', async t => {
  for (const [degrees, table] of [
    [4, 2.776],
    [8, 2.306],
    [19, 2.093],
    [60, 2.0],
  ] as const) {
    t.ok(Math.abs(studentsT(degrees) - table) < table / 50, `${degrees} degrees`)
  }
})

t.test('what grows is seen to grow, and noise is not', async t => {
  const noise = [0.2, -0.1, 0.15, -0.3, 0.1, 0.05, -0.2, 0.1, -0.05, 0.05]
  t.ok(slopeOf(noise.map((off, x): Point => [x, x + off])).low > 0.5)
  const { low, high } = slopeOf(noise.map((off, x): Point => [x, off]))
  t.ok(low < 0 && high > 0)
})

t.test('a few points carry no slope', async t => {
  t.throws(() => slopeOf([[1, 1]]), { name: 'RangeError', message: /at least 5/ })
})
