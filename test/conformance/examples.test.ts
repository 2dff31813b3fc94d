import t from 'tap'
import { azureSpec } from '../../packages/azure-sim/test/specs.ts'
import { runExample } from './support/example-run.ts'
import { elsewhere, states } from './support/example-states.ts'
import { readExamples } from './support/examples.ts'
import { Scoring } from './support/score.ts'

const { skip } = azureSpec
const examples = readExamples()
const scoring = new Scoring('examples', examples.length)
for (const { field, reason } of elsewhere) scoring.skip(`the field ${field.source}`, reason)
if (skip !== false) scoring.skip('every example', String(skip))

t.test('the state that each official example presupposes is told', { skip }, async t => {
  const names = new Set(examples.map(({ name }) => name))
  t.same(
    [...names].filter(name => !(name in states)),
    [],
    'none is left out',
  )
  t.same(
    Object.keys(states).filter(name => !names.has(name)),
    [],
    'and none is made up',
  )
})

for (const example of examples) {
  t.test(
    `${example.file.replace(/^(\w+)\/(swagger\/)?/, '$1 ')} is answered as it says`,
    async t => {
      const problems = await runExample(example, examples)
      scoring.count(example.file, problems)
      t.same(problems, [])
    },
  )
}
