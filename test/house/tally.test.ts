import t from 'tap'
import { add, closingLine, nothing, tallyFile } from '../../scripts/testing/tally.ts'
import { readTap } from '../../scripts/testing/tap-tree.ts'

/** What `npm test` makes of a file whose TAP looks like this. */
const tallyOf = (...lines: readonly string[]) => {
  let sum = nothing
  const parser = readTap(point => {
    sum = add(sum, tallyFile(point))
  })
  parser.end(`TAP version 14\n${lines.join('\n')}\n`)
  return sum
}

const file = (body: readonly string[], closing: string) => [
  '# Subtest: a.test.ts',
  ...body.map(line => `    ${line}`),
  closing,
  '1..1',
]

t.test('a test with many assertions is one test', async t => {
  const body = [
    '# Subtest: it holds',
    '    ok 1 - a',
    '    ok 2 - b',
    '    1..2',
    'ok 1 - it holds',
    '1..1',
  ]
  t.equal(closingLine(tallyOf(...file(body, 'ok 1 - a.test.ts'))), '1 passed, 0 failed, 0 skipped')
})

t.test('a block that only groups tests is none itself', async t => {
  const body = [
    '# Subtest: group',
    '    # Subtest: one',
    '        ok 1 - a',
    '        1..1',
    '    ok 1 - one',
    '    # Subtest: throws nothing and asserts nothing',
    '        1..0',
    '    ok 2 - throws nothing and asserts nothing',
    '    1..2',
    'ok 1 - group',
    '1..1',
  ]
  t.equal(closingLine(tallyOf(...file(body, 'ok 1 - a.test.ts'))), '2 passed, 0 failed, 0 skipped')
})

t.test('two failed assertions are one failed test, and both are told', async t => {
  const body = [
    '# Subtest: it holds',
    '    not ok 1 - a',
    '      ---',
    '      exitCode: 7',
    '      ...',
    '    not ok 2 - b',
    '    ok 3 - c',
    '    1..3',
    'not ok 1 - it holds',
    '1..1',
  ]
  const tally = tallyOf(...file(body, 'not ok 1 - a.test.ts'))
  t.equal(closingLine(tally), '0 passed, 1 failed, 0 skipped')
  t.same(tally.failures, [
    { path: ['a.test.ts', 'it holds', 'a'], details: { exitCode: 7 } },
    { path: ['a.test.ts', 'it holds', 'b'], details: {} },
  ])
})

t.test('what is skipped or still to do is skipped, with or without a block', async t => {
  const body = [
    'ok 1 - skipped # SKIP no machine for it',
    'not ok 2 - later # TODO',
    '# Subtest: in a block',
    '    1..0 # SKIP no evidence here',
    'ok 3 - in a block # SKIP no evidence here',
    '1..3',
  ]
  t.equal(closingLine(tallyOf(...file(body, 'ok 1 - a.test.ts'))), '0 passed, 0 failed, 3 skipped')
})

t.test('a file that skips itself is skipped', async t => {
  const closing = 'ok 1 - a.test.ts # SKIP no evidence here'
  const tally = tallyOf(...file(['1..0 # no evidence here'], closing))
  t.equal(closingLine(tally), '0 passed, 0 failed, 1 skipped')
})

t.test('a file without a test has failed', async t => {
  const closing = 'ok 1 - a.test.ts # SKIP no tests found'
  const tally = tallyOf(...file(['1..0 # no tests found'], closing))
  t.equal(closingLine(tally), '0 passed, 1 failed, 0 skipped')
})

t.test('a file that does not start has failed', async t => {
  const tally = tallyOf(...file(['1..0 # no tests found'], 'not ok 1 - a.test.ts'))
  t.equal(closingLine(tally), '0 passed, 1 failed, 0 skipped')
})

t.test('a file that ends badly after its tests passed has failed', async t => {
  const body = ['# Subtest: it holds', '    ok 1 - a', '    1..1', 'ok 1 - it holds', '1..1']
  const tally = tallyOf(...file(body, 'not ok 1 - a.test.ts'))
  t.equal(closingLine(tally), '1 passed, 1 failed, 0 skipped')
  t.same(tally.failures, [{ path: ['a.test.ts'], details: {} }])
})

t.test('assertions outside of any test are one test, named by the file', async t => {
  const tally = tallyOf(...file(['ok 1 - a', 'ok 2 - b', '1..2'], 'ok 1 - a.test.ts'))
  t.equal(closingLine(tally), '1 passed, 0 failed, 0 skipped')
})
