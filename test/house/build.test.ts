import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { buildPackage } from '../../scripts/building/build-package.ts'
import { buildOrder } from '../../scripts/building/order.ts'
import { startNode } from '../support/process/run.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

const both = {
  '.': {
    import: { types: './dist/index.d.ts', default: './dist/index.js' },
    require: { types: './dist/commonjs/index.d.ts', default: './dist/commonjs/index.js' },
  },
}

const houseWith = (t: Test, source: string, exports: object): string => {
  const folder = t.testdir({
    packages: {
      thing: {
        'package.json': JSON.stringify({ name: 'thing', type: 'module', exports }),
        'tsconfig.build.json': '{ "extends": "../../tsconfig.build.json" }',
        src: {
          'index.ts': source,
          'part.ts': `export type Part = 'whole'\nexport const part: Part = 'whole'\n`,
        },
      },
    },
  })
  for (const file of ['tsconfig.json', 'tsconfig.build.json', 'package.json'])
    cpSync(join(root, file), join(folder, file))
  return folder
}

t.test('a package that names a `require` is built for it as well', async t => {
  const source = `import { basename } from 'node:path'
export { type Part, part } from './part.ts'
export const name: string = basename('/a/b')\n`
  const folder = houseWith(t, source, both)
  t.same(buildPackage(folder, 'packages/thing'), ['esm', 'commonjs'])
  const cwd = join(folder, 'packages/thing')
  const say = `console.log(thing.part, thing.name, typeof require)`
  const required = await startNode(['--eval', `const thing = require('thing'); ${say}`], { cwd })
    .ended
  t.match(required, { code: 0, out: 'whole b function\n', err: '' })
  const imports = ['--input-type=module', '--eval', `import * as thing from 'thing'; ${say}`]
  t.match(await startNode(imports, { cwd }).ended, { code: 0, out: 'whole b undefined\n', err: '' })
})

t.test('a package without one is built for import alone', async t => {
  const folder = houseWith(t, 'export {}\n', { '.': { default: './dist/index.js' } })
  t.same(buildPackage(folder, 'packages/thing'), ['esm'])
})

t.test('a package that does not compile is refused in the words of the compiler', async t => {
  const folder = houseWith(t, `export const a: number = 'text'\n`, both)
  t.throws(() => buildPackage(folder, 'packages/thing'), {
    message: /^packages\/thing does not build:(?:.|\n)*src\/index\.ts\(1,14\): error TS2322/,
  })
})

t.test('packages are built after those that they need', async t => {
  const manifest = (name: string, needs: readonly string[], more: object = {}) => ({
    'package.json': JSON.stringify({
      name,
      dependencies: Object.fromEntries(needs.map(each => [each, '1'])),
      ...more,
    }),
    src: {},
  })
  const packages = {
    a: manifest('a', ['c', 'from-elsewhere']),
    b: manifest('b', [], { peerDependencies: { a: '1' } }),
    c: manifest('c', []),
    private: manifest('private', [], { private: true }),
  }
  const order = buildOrder(t.testdir({ packages }))
  t.same(
    order.map(({ name }) => name),
    ['c', 'a', 'b'],
  )
  const circle = { a: manifest('a', ['b']), b: manifest('b', ['a']) }
  t.throws(() => buildOrder(t.testdir({ packages: circle })), { message: 'need each other: a, b' })
})
