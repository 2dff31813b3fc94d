import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { smokeWorlds, worlds } from '../model/worlds.ts'
import { atRandom } from './hunt.ts'
import { mutants } from './index.ts'
import { mutated } from './mutant.ts'
import { runMutant } from './run-mutant.ts'

const core = new URL('../../packages/core/src/', import.meta.url)
const named = (name: string) => mutants.find(mutant => mutant.name === name)

t.test('each mutation fits the file that it changes, exactly once', async t => {
  for (const mutant of mutants) {
    const text = readFileSync(fileURLToPath(new URL(mutant.file, core)), 'utf8')
    t.not(mutated(mutant, text), text, mutant.name)
  }
})

t.test('one that fits nowhere, or twice, is refused with a sentence', async t => {
  const [mutant] = mutants
  if (!mutant) return t.fail('there are no mutations')
  t.throws(() => mutated(mutant, 'nothing of it'), { message: /0 times, not once/ })
  t.throws(() => mutated(mutant, mutant.find.repeat(2)), { message: /2 times, not once/ })
})

t.test('names are their own, worlds and other mutations exist', async t => {
  t.equal(new Set(mutants.map(({ name }) => name)).size, mutants.length)
  const known = [...[...worlds, ...smokeWorlds].map(({ name }) => name), ...atRandom]
  for (const { name, worlds: asked, behind = [] } of mutants) {
    t.same(
      asked.filter(world => !known.includes(world)),
      [],
      name,
    )
    t.ok(behind.every(named), name)
  }
})

t.test('every rule of the protocol has a mutation', async t => {
  const rules = new Set(mutants.map(({ rule }) => rule))
  const asked = Array.from({ length: 18 }, (_, index) => `P${index + 1}`)
  t.same(
    asked.filter(rule => !rules.has(rule)),
    [],
  )
  t.ok(mutants.length >= 40)
})

t.test('a mutated copy is what is explored, and the sources stay as they are', async t => {
  const mutant = named('the fence is lifted with the intent')
  if (!mutant) return t.fail('the mutation is gone')
  const before = readFileSync(fileURLToPath(new URL(mutant.file, core)), 'utf8')
  const { by, what } = await runMutant(mutant, mutants, { statesMax: 6_000, seedsMax: 0 })
  t.equal(by, 'smoke-turn')
  t.match(what, /invariant 1/)
  t.equal(readFileSync(fileURLToPath(new URL(mutant.file, core)), 'utf8'), before)
})
