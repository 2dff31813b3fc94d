import t from 'tap'
import { runWorld } from './run-world.ts'
import { verdictOf } from './verdict.ts'
import { faultNames } from './world/faults.ts'
import { longest, smokeWorlds, worlds } from './worlds.ts'

for (const spec of smokeWorlds) {
  t.test(`${spec.name}: no invariant breaks, and an end is always in reach`, async t => {
    const { broken, stuck, firstStuck, complete, states } = runWorld(spec)
    t.same(broken, [])
    t.equal(stuck, 0, firstStuck?.trace.join('\n') ?? 'an end is in reach')
    t.equal(complete, true)
    t.ok(states > 500, `${states} states`)
  })
}

t.test('together the worlds name every fault', async t => {
  const named = new Set(worlds.flatMap(({ faults }) => faults))
  t.same(
    faultNames.filter(name => !named.has(name)),
    [],
  )
  const names = worlds.map(({ name }) => name)
  t.equal(new Set(names).size, worlds.length, 'each has its own name')
  t.ok(
    longest.every(name => names.includes(name)),
    'and those that go first are among them',
  )
})

t.test('a verdict says honestly which pairs were never met', async t => {
  const result = {
    ...{ name: 'one', about: '', states: 3, edges: 2, depth: 1, complete: true, ms: 1 },
    ...{ broken: [], stuck: 2, firstStuck: { what: 'stuck', trace: [] } },
    faults: ['a', 'b'],
    pairs: ['a + b'],
  }
  const verdict = verdictOf([result, { ...result, complete: false }], ['b', 'c', 'a'])
  t.equal(verdict.faultPairs, 3)
  t.equal(verdict.faultPairsCovered, 1)
  t.same(verdict.pairsMissing, ['a + c', 'b + c'])
  t.equal(verdict.violations, 2, 'a state without an end is a violation')
  t.equal(verdict.complete, false)
})
