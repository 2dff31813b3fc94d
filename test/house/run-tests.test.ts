import { symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { withCompileCache } from '../../scripts/testing/compile-cache.ts'
import { findTests } from '../../scripts/testing/files.ts'
import { runTests } from '../../scripts/testing/run-tests.ts'
import { add, closingLine } from '../../scripts/testing/tally.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

const holds = `import t from 'tap'
t.test('holds', async t => { t.ok(true) })`

/** A small repository beside ours, with the same tools. */
const repositoryWith = (t: Test, files: Record<string, string>): string => {
  const folder = t.testdir({ test: files })
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  writeFileSync(join(folder, '.taprc'), 'plugin: ["!@tapjs/typescript"]\ndisable-coverage: true\n')
  return folder
}

t.test('every file is accounted for, whatever became of it', async t => {
  const folder = repositoryWith(t, {
    'holds.test.ts': holds,
    'empty.test.ts': 'export {}',
    'fails.test.ts': holds.replace('true', 'false'),
    'exits.test.ts': `${holds}\nprocess.exitCode = 3`,
  })
  const seen: string[] = []
  const files = findTests(folder, [])
  const tallies = await runTests(folder, files, file => seen.push(file))
  const sum = tallies.reduce(add)
  t.same(seen.sort(), files)
  t.equal(closingLine(sum), '2 passed, 3 failed, 0 skipped')
  t.same(sum.failures.map(({ path }) => path[0]).sort(), [
    'test/empty.test.ts',
    'test/exits.test.ts',
    'test/fails.test.ts',
  ])
})

t.test('no test file at all is a failure', async t => {
  const sum = (await runTests(root, [], () => undefined)).reduce(add)
  t.equal(closingLine(sum), '0 passed, 1 failed, 0 skipped')
})

t.test('paths narrow the run, and a path that is not there is refused', async t => {
  const folder = t.testdir({
    packages: {
      a: { test: { 'x.test.ts': '', deep: { 'y.test.ts': '' } } },
      ab: { test: { 'z.test.ts': '' } },
    },
    test: { 'all.test.ts': '', 'helper.ts': '' },
  })
  t.same(findTests(folder, ['packages/a']), [
    'packages/a/test/deep/y.test.ts',
    'packages/a/test/x.test.ts',
  ])
  t.same(findTests(folder, ['test/all.test.ts', './packages/ab/']), [
    'packages/ab/test/z.test.ts',
    'test/all.test.ts',
  ])
  t.same(findTests(folder, []).length, 4)
  t.throws(() => findTests(folder, ['packages/ab', 'packages/b']), {
    message: 'There is no packages/b; name files or folders from the root.',
  })
})

t.test('what Node has compiled is kept, where nobody has said where', async t => {
  t.match(withCompileCache('/r', { HOME: '/h' }), {
    HOME: '/h',
    NODE_COMPILE_CACHE: join('/r', 'node_modules', '.cache', 'compiled'),
  })
  t.match(withCompileCache('/r', { NODE_COMPILE_CACHE: '/mine' }), { NODE_COMPILE_CACHE: '/mine' })
})
