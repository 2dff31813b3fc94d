import { fileURLToPath } from 'node:url'
import t from 'tap'
import { kinds, sumUp } from '../../scripts/testing/conformance.ts'
import { fail, pass, type Tally } from '../../scripts/testing/tally.ts'
import { type AnswerTally, emptyTally, type Score } from '../conformance/support/tally.ts'
import { startNode } from '../support/process/run.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

const answers: AnswerTally = {
  ...emptyTally(),
  operations: { 'arm 2024-08-15 DatabaseAccounts_Get': 3, 'vault 7.5 GetSecret': 4 },
}
const whole = (kind: string): Score => ({ kind, passed: 2, total: 2, skipped: [], failures: [] })
const scores = kinds.map(whole)
const skipped = (reason: string): Tally => ({
  ...pass,
  skipped: 1,
  skips: [{ path: ['a.test.ts', 'it'], reason }],
})

t.test('where everything holds, the sum says so and counts', async t => {
  const { ok, failures, schemas, vectors } = sumUp(pass, answers, scores)
  t.same({ ok, failures }, { ok: true, failures: [] })
  t.same(schemas, { operations: 2, validated: 7, violations: 0 })
  t.same(vectors, { passed: 2, total: 2 })
})

t.test('whatever is wrong turns the sum red, and is named', async t => {
  const red = (name: RegExp, ...of: Parameters<typeof sumUp>) => {
    const { ok, failures } = sumUp(...of)
    t.notOk(ok)
    t.match(failures.join('\n'), name)
  }
  red(/vectors: nothing was counted/, pass, answers, scores.slice(1))
  red(/vectors: 1 of 2/, pass, answers, [{ ...whole('vectors'), passed: 1 }, ...scores.slice(1)])
  red(/breaks/, pass, { ...answers, violations: ['an answer breaks its schema'] }, scores)
  red(/a\.test\.ts › it/, fail({ path: ['a.test.ts', 'it'], details: {} }), answers, scores)
  red(/a\.test\.ts › it was skipped silently/, skipped(''), answers, scores)
  t.notOk(sumUp({ ...pass, passed: 0 }, answers, scores).ok, 'nothing ran')
})

t.test('what is skipped with a reason is told, and is no failure', async t => {
  const unjudged = {
    'arm GET: Azure’s published files are not here (AZURE_SPECS)': 5,
    'entra POST: Microsoft publishes no OpenAPI document of it': 6,
  }
  const sum = sumUp(skipped('no IPv6 here'), { ...answers, unjudged }, scores)
  t.ok(sum.ok)
  t.match(sum.skipped, [
    { name: 'a.test.ts › it', reason: 'no IPv6 here' },
    { name: 'schemas', reason: /^5 answers without a schema: arm GET/ },
  ])
})

t.test('an unknown option is told in one sentence', async t => {
  for (const script of ['conformance', 'fidelity']) {
    const { code, out, err } = await startNode([`${root}/scripts/${script}.ts`, '--jsno']).ended
    t.equal(code, 2, script)
    t.equal(out, '')
    t.match(err, /^npm run \w+ takes --\w+ .*--jsno[^\n]*\n$/)
  }
})
