import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type Import, importsOf } from './imports.ts'
import { type Impurity, impuritiesOf } from './impurities.ts'
import { parse } from './parse.ts'

/** The parts of a package.json that say what it needs. */
export interface Manifest {
  readonly name: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
}

export interface Source {
  /** From the repository's root, with forward slashes. */
  readonly path: string
  readonly lines: number
  readonly imports: readonly Import[]
  readonly impurities: readonly Impurity[]
}

export interface Package {
  /** The folder's name in `packages`. */
  readonly short: string
  readonly manifest: Manifest
}

/** The repository as its rules see it. */
export interface House {
  readonly manifest: Manifest
  readonly packages: readonly Package[]
  readonly sources: readonly Source[]
}

/** One broken rule: where, and what is wrong. */
export type Violation = string

const scripts = '**/*.{ts,js,mts,cts,mjs,cjs}'

const patterns = [
  'package.json',
  'packages/*/package.json',
  `packages/*/{src,test,bin}/${scripts}`,
  `{test,scripts,benchmarks,examples}/${scripts}`,
]

export const houseAt = (root: string): House => {
  const paths = globSync(patterns, { cwd: root, exclude: ['**/node_modules/**'] })
  const texts = paths.map((path): [string, string] => [
    path.replaceAll('\\', '/'),
    readFileSync(join(root, path), 'utf8'),
  ])
  return houseOf(Object.fromEntries(texts.sort(([a], [b]) => (a < b ? -1 : 1))))
}

/** A house from paths and texts: the repository's own, or a small one that breaks a rule. */
export const houseOf = (files: Readonly<Record<string, string>>): House => {
  const code = new Map<string, string>()
  const packages: Package[] = []
  let manifest: Manifest = { name: 'none' }
  for (const [path, text] of Object.entries(files)) {
    if (path === 'package.json') manifest = JSON.parse(text)
    else if (path.endsWith('/package.json'))
      packages.push({ short: dirname(path).replace('packages/', ''), manifest: JSON.parse(text) })
    else code.set(path, text)
  }
  const sources: Source[] = []
  parse(code, (path, tree) => {
    sources.push({
      path,
      lines: lineCount(code.get(path) ?? ''),
      imports: importsOf(tree),
      impurities: path.startsWith('packages/core/src/') ? impuritiesOf(tree) : [],
    })
  })
  return { manifest, packages, sources }
}

const lineCount = (text: string): number => text.replace(/\n$/, '').split('\n').length
