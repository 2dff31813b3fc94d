import fc from 'fast-check'
import t from 'tap'
import { chanceFrom, within } from '../src/chance.ts'

t.test('the same names give the same draw, whatever was drawn before', async () => {
  const names = fc.array(fc.oneof(fc.string(), fc.integer()), { maxLength: 5 })
  fc.assert(
    fc.property(
      fc.maxSafeNat(),
      fc.array(names, { maxLength: 10 }),
      names,
      (seed, before, last) => {
        const [busy, fresh] = [chanceFrom(seed), chanceFrom(seed)]
        for (const what of before) busy(...what)
        const draw = busy(...last)
        return draw === fresh(...last) && draw >= 0 && draw < 1
      },
    ),
  )
})

t.test('names are told apart by where one ends and by their type', async t => {
  const chance = chanceFrom(1)
  const draws = [
    chance('a', 'bc'),
    chance('ab', 'c'),
    chance('abc'),
    chance(1),
    chance('1'),
    chance(),
  ]
  t.equal(new Set(draws).size, draws.length)
  t.not(chanceFrom(1)('a'), chanceFrom(2)('a'))
})

t.test('draws are even: by seed, by name and by number', async t => {
  const count = 20_000
  const evenness = (draw: (at: number) => number): number => {
    const buckets = new Array<number>(20).fill(0)
    for (let at = 0; at < count; at++) {
      const bucket = Math.floor(draw(at) * 20)
      buckets[bucket] = (buckets[bucket] ?? 0) + 1
    }
    return buckets.reduce((sum, seen) => sum + (seen - count / 20) ** 2 / (count / 20), 0)
  }
  // Chi squared with 19 degrees of freedom: 43.8 is passed by chance once in a thousand; the draws
  // are fixed, so this cannot fail now and then.
  const chance = chanceFrom(42)
  for (const [name, draw] of [
    ['seed', (at: number) => chanceFrom(at)('x')],
    ['name', (at: number) => chance('call', `name-${at}`)],
    ['number', (at: number) => chance('call', at)],
  ] as const) {
    const found = evenness(draw)
    t.ok(found < 43.8, `${name}: ${found}`)
  }
})

t.test('draws under neighbouring names do not follow one another', async t => {
  const chance = chanceFrom(7)
  const pairs = Array.from(
    { length: 10_000 },
    (_, at) => [chance('a', at), chance('b', at)] as const,
  )
  const mean = (pick: (pair: readonly [number, number]) => number) =>
    pairs.reduce((sum, pair) => sum + pick(pair), 0) / pairs.length
  const covariance = mean(([a, b]) => a * b) - mean(([a]) => a) * mean(([, b]) => b)
  t.ok(Math.abs(covariance * 12) < 0.04, `correlation ${covariance * 12}`)
})

t.test('a range’s both ends are reached', async t => {
  t.equal(within(5, 0.9), 5)
  t.equal(within([3, 5], 0), 3)
  t.equal(within([3, 5], 0.999_999), 5)
})
