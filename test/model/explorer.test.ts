import t from 'tap'
import { explore } from './explorer/explore.ts'
import { Seen } from './explorer/seen.ts'
import type { Step, System } from './explorer/system.ts'

/** Two counters that each go up to a bound; a fault sets one back. */
interface Toy {
  readonly a: number
  readonly b: number
  readonly faults: readonly string[]
}

const toy = (bound: number, change: Partial<System<Toy>> = {}): System<Toy> => ({
  initial: { a: 0, b: 0, faults: [] },
  steps: ({ a, b, faults }) => {
    const steps: Step<Toy>[] = []
    if (a < bound) steps.push({ says: 'a goes up', fault: null, to: { a: a + 1, b, faults } })
    if (b < bound) steps.push({ says: 'b goes up', fault: null, to: { a, b: b + 1, faults } })
    if (faults.length === 0) {
      steps.push({ says: 'a is set back', fault: 'reset', to: { a: 0, b, faults: ['reset'] } })
    }
    return steps
  },
  key: ({ a, b, faults }) => `${a},${b},${faults.length}`,
  broken: () => [],
  hasEnded: ({ a, b }) => a === bound && b === bound,
  ...change,
})

const all = { statesMax: 1_000, untilBroken: false }

t.test('every state of a toy is seen once', async t => {
  const found = explore(toy(4), all)
  // 5 × 5 without the fault, and 5 × 5 after it; set back at once, then both counters go up.
  t.equal(found.states, 50)
  t.equal(found.depth, 1 + 4 + 4)
  t.equal(found.complete, true)
  t.equal(found.ends, 2)
  t.equal(found.stuck, 0)
})

t.test('states that are the same by symmetry are one', async t => {
  const key = ({ a, b, faults }: Toy) => `${[a, b].sort()},${faults.length}`
  t.equal(explore(toy(4, { key }), all).states, 30)
})

t.test('a planted violation is found by a shortest way, told in sentences', async t => {
  const broken = ({ a, b }: Toy) => (a === 2 && b === 1 ? ['two and one'] : [])
  const { broken: findings } = explore(toy(4, { broken }), { ...all, untilBroken: true })
  t.equal(findings.length, 1)
  t.equal(findings[0]?.what, 'two and one')
  t.same(findings[0]?.trace, ['a goes up', 'a goes up', 'b goes up'])
})

t.test('a fault on the way is named in the trace', async t => {
  const broken = ({ faults, b }: Toy) => (faults.length > 0 && b === 1 ? ['after it'] : [])
  const { broken: findings } = explore(toy(4, { broken }), all)
  t.ok(findings[0]?.trace.includes('a is set back [reset]'))
})

t.test('a planted dead end is found, though nothing is broken there', async t => {
  const plain = toy(4)
  const steps = (state: Toy) => (state.a === 3 && state.faults.length > 0 ? [] : plain.steps(state))
  const found = explore(toy(4, { steps }), all)
  t.equal(found.broken.length, 0)
  t.equal(found.stuck, 5 * 4, 'whoever was set back can only get to three')
  t.same(found.firstStuck?.trace, ['a is set back [reset]'])
})

t.test('an end that only a fault reaches is no end', async t => {
  const hasEnded = ({ faults, a }: Toy) => faults.length > 0 && a === 0
  t.ok(explore(toy(2, { hasEnded }), all).stuck > 0)
})

t.test('a world with too many states is said to be incomplete', async t => {
  const found = explore(toy(4), { ...all, statesMax: 10 })
  t.equal(found.complete, false)
  t.equal(found.stuck, 0, 'nothing is said of states that were not looked at')
})

t.test('pairs are faults that befell one path, whichever way a state was met first', async t => {
  const steps = ({ a, b, faults }: Toy): Step<Toy>[] => {
    const strikes = (fault: string) => ({
      says: fault,
      fault,
      to: { a, b, faults: [...faults, fault] },
    })
    if (faults.length === 0) return ['x', 'y'].map(strikes)
    return faults.length === 1 ? [strikes('z')] : []
  }
  const key = ({ faults }: Toy) => `${faults.length}`
  const found = explore(toy(1, { steps, key }), all)
  t.equal(found.states, 3, 'the key does not say which faults they were')
  t.same([...found.faults].sort(), ['x', 'y', 'z'])
  t.same([...found.pairs].sort(), ['x + z', 'y + z'], 'x and y are never on one path')
})

t.test('a longer way to a state that is known counts for all that follows from it', async t => {
  // The long way goes by a fault of its own, and gets where the short one has been already.
  const to = (a: number, b: number): Toy => ({ a, b, faults: [] })
  const step = (fault: string | null, a: number, b: number): Step<Toy> => ({
    says: `${a},${b}`,
    fault,
    to: to(a, b),
  })
  const edges: Readonly<Record<string, readonly Step<Toy>[]>> = {
    '0,0': [step('short', 1, 0), step(null, 0, 1)],
    '0,1': [step(null, 0, 2)],
    '0,2': [step('long', 1, 0)],
    '1,0': [step(null, 2, 0)],
    '2,0': [step('last', 3, 0)],
  }
  const steps = ({ a, b }: Toy) => edges[`${a},${b}`] ?? []
  const found = explore(toy(9, { steps, key: ({ a, b }) => `${a},${b}` }), all)
  t.same([...found.pairs].sort(), ['last + long', 'last + short'])
})

t.test('no fault lies between the two of a pair, nor is needed to get there', async t => {
  const key = ({ a, b }: Toy) => `${a},${b}`
  const to = (a: number): Toy => ({ a, b: 0, faults: [] })
  const steps = ({ a }: Toy): Step<Toy>[] =>
    ['first', 'second', 'third']
      .filter((_, at) => at === a)
      .map(fault => ({ says: fault, fault, to: to(a + 1) }))
  const found = explore(toy(9, { steps, key }), all)
  t.same([...found.pairs].sort(), ['first + second'])
})

t.test('what fewer faults lead to is looked at once, by the way with fewer', async t => {
  const key = ({ a, b }: Toy) => `${a},${b}`
  const seen: number[] = []
  const plain = toy(3, { key })
  const steps = (state: Toy) => {
    seen.push(state.faults.length)
    return plain.steps(state)
  }
  const found = explore(toy(3, { key, steps }), all)
  t.equal(found.states, 16, 'a set-back leads to nothing that is not met without it')
  t.ok(seen.every(faults => faults === 0))
  t.same([...found.faults], ['reset'])
})

t.test('a set of states grows without forgetting', async t => {
  const seen = new Seen()
  for (let index = 0; index < 100_000; index += 1) seen.add(`state ${index}`)
  t.equal(seen.size, 100_000)
  t.same(seen.add('state 77777'), { index: 77_777, isNew: false })
})
