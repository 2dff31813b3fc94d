import { spawnSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { manifestOf } from './order.ts'

/** The compiler refused; the message is the compiler's. */
export class CannotBuild extends Error {}

type Format = 'esm' | 'commonjs'

/**
 * Emits JavaScript and types to `dist`, and to `dist/commonjs` as well where the package's
 * `exports` names a `require`: such a package must load the CommonJS build of what it extends.
 *
 * @throws CannotBuild
 */
export const buildPackage = (root: string, folder: string): readonly Format[] => {
  const dist = join(root, folder, 'dist')
  rmSync(dist, { recursive: true, force: true })
  compile(root, folder, [])
  if (manifestOf(root, folder).exports?.['.']?.['require'] === undefined) return ['esm']
  compile(root, folder, commonJs(folder))
  mkdirSync(join(dist, 'commonjs'), { recursive: true })
  writeFileSync(join(dist, 'commonjs', 'package.json'), '{ "type": "commonjs" }\n')
  return ['esm', 'commonjs']
}

/** `verbatimModuleSyntax` forbids what this build is for: imports that turn into `require`. */
const commonJs = (folder: string): readonly string[] => [
  ...['--module', 'commonjs', '--moduleResolution', 'bundler'],
  ...['--verbatimModuleSyntax', 'false', '--outDir', `${folder}/dist/commonjs`],
]

const tsc = fileURLToPath(new URL('lib/tsc.js', import.meta.resolve('typescript/package.json')))

const compile = (root: string, folder: string, flags: readonly string[]): void => {
  const project = ['-p', `${folder}/tsconfig.build.json`]
  const { status, stdout, stderr } = spawnSync(process.execPath, [tsc, ...project, ...flags], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  })
  if (status !== 0) throw new CannotBuild(`${folder} does not build:\n${stdout}${stderr}`)
}
