import t from 'tap'
import { cycles } from '../support/house/cycles.ts'
import { brokenDeclarations, tools } from '../support/house/declared.ts'
import { type House, houseOf } from '../support/house/house.ts'
import { brokenBoundaries, mayImport } from '../support/house/may-import.ts'
import { impure, overlong } from '../support/house/rules.ts'

type Files = Readonly<Record<string, string>>
type Needs = Readonly<Record<string, readonly string[]>>

const npmName = (short: string) => (short === 'cli' ? 'keyturn' : `@keyturn/${short}`)

const manifest = (name: string, groups: Needs = {}): string => {
  const entries = Object.entries(groups)
  const versions = (names: readonly string[]) => Object.fromEntries(names.map(each => [each, '1']))
  const needs = Object.fromEntries(entries.map(([group, names]) => [group, versions(names)]))
  return JSON.stringify({ name, ...needs })
}

/** A house with every package in it, and nothing else that could break a rule. */
const houseWith = (files: Files, root: Needs = {}): House => {
  const packages = Object.keys(mayImport).map(short => [
    `packages/${short}/package.json`,
    manifest(npmName(short)),
  ])
  const devDependencies = [...Object.keys(tools), ...(root['devDependencies'] ?? [])]
  return houseOf({
    'package.json': manifest('root', { ...root, devDependencies }),
    ...Object.fromEntries(packages),
    ...files,
  })
}

const only = (violations: readonly string[], path: string) =>
  violations.filter(each => each.startsWith(`${path}:`)).map(each => each.slice(path.length + 1))

t.test('who may import whom', async t => {
  const broken: readonly (readonly [path: string, text: string, violation: string])[] = [
    ['packages/core/src/a.ts', `import 'zod'`, '1 imports zod: core imports nothing'],
    [
      'packages/core/src/b.ts',
      `\nimport fs from 'node:fs'`,
      '2 imports node:fs: core imports nothing',
    ],
    [
      'packages/protocol/src/a.ts',
      `import type { R } from '@keyturn/keyring'`,
      '1 imports @keyturn/keyring: protocol may not import keyring',
    ],
    [
      'packages/coordinator/src/a.ts',
      `export * from '@keyturn/keyring/deep'`,
      '1 imports @keyturn/keyring/deep: coordinator may not import keyring',
    ],
    [
      'packages/azure-sim/src/a.ts',
      `type F = import('@keyturn/core').Fingerprint`,
      '1 imports @keyturn/core: azure-sim may not import core',
    ],
    [
      'packages/cli/src/a.ts',
      `await import('@keyturn/testkit')`,
      '1 imports @keyturn/testkit: cli may not import testkit',
    ],
    [
      'packages/cli/bin/a.js',
      `require('@keyturn/testkit')`,
      '1 imports @keyturn/testkit: cli may not import testkit',
    ],
    ['packages/keyring/src/a.ts', `import '@keyturn/keyring'`, '1 imports its own package by name'],
    [
      'packages/keyring/src/b.ts',
      `import '../../core/src/index.ts'`,
      '1 reaches out of packages/keyring/ to packages/core/src/index.ts',
    ],
    [
      'packages/keyring/src/c.ts',
      `import '../../../test/support/x.ts'`,
      '1 reaches out of packages/keyring/ to test/support/x.ts',
    ],
    [
      'packages/keyring/src/d.ts',
      `import '../test/x.ts'`,
      '1 imports the test packages/keyring/test/x.ts',
    ],
    [
      'packages/cli/src/b.ts',
      `import '../bin/keyturn.js'`,
      '1 imports the command packages/cli/bin/keyturn.js',
    ],
    [
      'packages/keyring/test/a.test.ts',
      `import '../../core/src/slot.ts'`,
      '1 reaches out of packages/keyring/ to packages/core/src/slot.ts',
    ],
    [
      'packages/sidecar/src/a.ts',
      'await import(name)',
      '1 computes what it imports, so nobody can check it',
    ],
    [
      'packages/coordinator/src/b.ts',
      `import '@azure/arm-cosmosdb'`,
      '1 names @azure/arm-cosmosdb: only packages/coordinator/src/azure/arm.ts may',
    ],
    [
      'scripts/bootstrap/a.js',
      `import 'tap'`,
      '1 imports tap: the bootstrap has only node:* and its own files',
    ],
    [
      'scripts/bootstrap/b.js',
      `import '../test.ts'`,
      '1 imports ../test.ts: the bootstrap has only node:* and its own files',
    ],
  ]
  const house = houseWith(Object.fromEntries(broken))
  const violations = brokenBoundaries(house)
  for (const [path, text, violation] of broken)
    t.same(only(violations, path), [violation], `${path}: ${text.trim()}`)
  t.equal(violations.length, broken.length, 'and nothing else is broken')
})

t.test('what a package may import is no violation', async t => {
  const house = houseWith({
    'packages/core/src/a.ts': `import './b.ts'; export { x } from './c/d.ts'`,
    'packages/core/test/a.test.ts': `import '@keyturn/testkit'; import 'tap'; import '../src/a.ts'`,
    'packages/core/test/b.test.ts': `import '../../../test/support/x.ts'; await import(name)`,
    'packages/cosmos/src/a.ts': `import '@keyturn/keyring'; import 'undici'; import 'node:fs'`,
    'packages/coordinator/src/azure/arm.ts': `import '@azure/arm-cosmosdb'`,
    'packages/coordinator/test/arm.test.ts': `import '@azure/arm-cosmosdb'`,
    'packages/cli/bin/keyturn.js': 'await import(new URL(name))',
    'packages/testkit/src/a.ts': `import '@keyturn/azure-sim'`,
    'test/e2e/a.test.ts': `import '../../packages/cli/src/demo.ts'; await import(name)`,
    'scripts/bootstrap.js': `import 'node:fs'; import './bootstrap/a.js'`,
  })
  t.same(brokenBoundaries(house), [])
})

t.test('a package and its row come and go together', async t => {
  const { manifest: root, packages, sources } = houseWith({})
  const [first, ...rest] = packages
  const stranger = { short: 'stranger', manifest: { name: 'stranger' } }
  t.ok(first)
  t.same(brokenBoundaries({ manifest: root, packages: [...packages, stranger], sources }), [
    'packages/stranger has no row in the table of who may import whom',
  ])
  t.same(brokenBoundaries({ manifest: root, packages: rest, sources }), [
    `the table of who may import whom names packages/${first?.short}, which does not exist`,
  ])
})

t.test('imports and declarations belong together', async t => {
  const house = houseWith(
    {
      'packages/keyring/package.json': manifest('@keyturn/keyring', {
        dependencies: ['@scope/used', 'unused', 'only-in-a-test'],
        peerDependencies: ['peer', 'unused-peer'],
        devDependencies: ['dev', 'unused-dev'],
      }),
      'packages/keyring/src/a.ts': `import '@scope/used/part'; import 'peer'; import 'dev'; import 'node:fs'`,
      'packages/keyring/src/b.ts': `import '@keyturn/core'; import 'at-root'; import 'fs'`,
      'packages/keyring/test/a.test.ts': `import 'only-in-a-test'; import 'dev'; import 'at-root'; import 'nowhere'; import '@keyturn/testkit'`,
      'test/a.test.ts': `import 'at-root'; import 'peer'`,
    },
    { devDependencies: ['at-root', 'unused-at-root', '@types/peer', '@types/gone', '@types/node'] },
  )
  t.same(brokenDeclarations(house), [
    'packages/keyring/src/a.ts:1 imports dev, which is not declared',
    'packages/keyring/src/b.ts:1 imports @keyturn/core, which is not declared',
    'packages/keyring/src/b.ts:1 imports at-root, which is not declared',
    'packages/keyring/test/a.test.ts:1 imports nowhere, which is not declared',
    'test/a.test.ts:1 imports peer, which is not declared',
    'packages/keyring/package.json declares unused, which nothing there imports',
    'packages/keyring/package.json declares only-in-a-test, which nothing there imports',
    'packages/keyring/package.json declares unused-peer, which nothing there imports',
    'packages/keyring/package.json declares unused-dev, which nothing there imports',
    'package.json declares unused-at-root, which no test or script imports',
    'package.json declares @types/gone, which no test or script imports',
  ])
})

t.test('a tool that is not declared leaves the list of tools', async t => {
  const [tool] = Object.keys(tools)
  const { packages, sources } = houseWith({})
  const declared = Object.fromEntries(Object.keys(tools).map(name => [name, '1']))
  const manifest = { name: 'root', devDependencies: { ...declared } }
  if (tool !== undefined) delete manifest.devDependencies[tool]
  t.same(brokenDeclarations({ manifest, packages, sources }), [
    `the list of tools names ${tool}, which package.json does not declare`,
  ])
})

t.test('circles are found, through types as well, and each is told once', async t => {
  const house = houseWith({
    'packages/core/src/a.ts': `import './b.ts'`,
    'packages/core/src/b.ts': `import type { C } from './deep/c.ts'`,
    'packages/core/src/deep/c.ts': `export * from '../a.ts'`,
    'packages/core/src/self.ts': `import './self.ts'`,
    'packages/core/src/tail.ts': `import './a.ts'; import './leaf.ts'`,
    'packages/core/src/leaf.ts': '',
    'packages/core/test/a.ts': `import './b.ts'`,
    'packages/core/test/b.ts': `import './a.ts'`,
  })
  t.same(cycles(house), [
    'packages/core/src/a.ts → packages/core/src/b.ts → packages/core/src/deep/c.ts → packages/core/src/a.ts',
    'packages/core/src/self.ts → packages/core/src/self.ts',
  ])
})

t.test('a file of 300 lines is short enough, and one of 301 is not', async t => {
  const house = houseWith({
    'packages/core/src/a.ts': '//\n'.repeat(300),
    'packages/core/test/b.ts': '//\n'.repeat(301),
    'test/c.ts': '//\n'.repeat(300).trimEnd(),
  })
  t.same(overlong(house), ['packages/core/test/b.ts has 301 lines; the cap is 300'])
})

t.test('a pure file is left alone', async t => {
  const house = houseWith({
    'packages/core/src/a.ts': `
      import type { Clock } from './clock.ts'
      export { fetch } from './own.ts'
      interface World<Now extends number> { readonly date: Date2; process(): Now; fetch?: string }
      type Date2 = Readonly<Record<string, unknown>>
      class Ring { #crypto = 1; get process() { return this.#crypto } setTimeout() {} }
      export const f = ({ console: text, ...rest }: { console: string }, world: World<1>) => {
        outer: for (const each of Object.keys(rest)) { if (each === text) break outer }
        return { fetch: Math.max(1, Number(text)), at: world.process(), [Symbol.for('x')]: new Map() }
      }
      export const isWorld = (it: unknown): it is World<1> => typeof it === 'object' && it !== undefined
      export function over(this: Ring, ...all: readonly number[]): asserts all is number[] { new.target }
    `,
  })
  t.same(impure(house), [])
})

t.test('core may not reach for the world', async t => {
  const broken: readonly (readonly [text: string, what: string])[] = [
    ['new Date()', 'Date'],
    ['const now = Date.now', 'Date'],
    ['let at: Date', 'Date'],
    ['Math.random()', 'Math.random'],
    ['const { random } = Math', 'Math.random'],
    [`Math['random']()`, 'Math.random'],
    ['const all = { Math }', 'Math.random'],
    ['process.env', 'process'],
    ['const all = { process }', 'process'],
    ['const { env = process } = {}', 'process'],
    ['globalThis.process', 'globalThis'],
    ['crypto.randomUUID()', 'crypto'],
    ['performance.now()', 'performance'],
    ['fetch', 'fetch'],
    [`console.log('x')`, 'console'],
    ['setTimeout(f)', 'setTimeout'],
    ['queueMicrotask(f)', 'queueMicrotask'],
    ['Buffer.from([])', 'Buffer'],
    ['new WeakRef({})', 'WeakRef'],
    ['eval(text)', 'eval'],
    ['require', 'require'],
    ['let later: Promise<void>', 'Promise'],
    ['Promise.resolve()', 'Promise'],
    ['let each: AsyncIterable<1>', 'AsyncIterable'],
    ['const g = async () => 1', 'async'],
    ['class K { async m() {} }', 'async'],
    ['import.meta.url', 'import.meta'],
    ['const g = (process: string) => process', 'hides the global process'],
    ['const h = x => { for await (const y of x); }', 'for await'],
    ['await x', 'await'],
  ]
  const declared = 'declare const text: string, x: [], f: () => void; '
  const paths = broken.map((_, index) => `packages/core/src/${index}.ts`)
  const texts = broken.map(([text]) => declared + text)
  const house = houseWith(Object.fromEntries(paths.map((path, i) => [path, texts[i] ?? ''])))
  for (const [index, [text, what]] of broken.entries())
    t.ok(
      only(impure(house), `packages/core/src/${index}.ts`).includes(
        `1 core is pure and uses ${what}`,
      ),
      `${text} uses ${what}`,
    )
})

t.test('a file that cannot be parsed hides no import', async t => {
  t.throws(() => houseWith({ 'packages/core/src/a.ts': 'const x: = 1' }), {
    message: /^packages\/core\/src\/a\.ts: /,
  })
})
