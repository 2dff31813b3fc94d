import { spawnSync } from 'node:child_process'
import { cpSync, rmSync, writeFileSync } from 'node:fs'
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
  compile(root, folder, ['-p', `${folder}/tsconfig.build.json`])
  if (manifestOf(root, folder).exports?.['.']?.['require'] === undefined) return ['esm']
  compileCommonJs(root, folder)
  return ['esm', 'commonjs']
}

const commonJs = '{ "type": "commonjs" }\n'

/**
 * The compiler takes a file's format, and so which build and types of a dependency it meets, from
 * the nearest package.json: the sources are compiled from beside one that says CommonJS. A dynamic
 * `import()` stays one, so packages that exist as modules only are loaded all the same.
 */
const compileCommonJs = (root: string, folder: string): void => {
  const work = `${folder}/dist/commonjs.work`
  const made = join(root, work)
  cpSync(join(root, folder, 'src'), join(made, 'src'), { recursive: true })
  writeFileSync(join(made, 'package.json'), commonJs)
  const compilerOptions = {
    rootDir: './src',
    outDir: '../commonjs',
    // It forbids what this build is for: imports that turn into `require`.
    verbatimModuleSyntax: false,
  }
  const config = { extends: '../../tsconfig.build.json', compilerOptions, include: ['./src'] }
  writeFileSync(join(made, 'tsconfig.json'), JSON.stringify(config))
  compile(root, folder, ['-p', work])
  rmSync(made, { recursive: true })
  writeFileSync(join(root, folder, 'dist', 'commonjs', 'package.json'), commonJs)
}

const tsc = fileURLToPath(new URL('lib/tsc.js', import.meta.resolve('typescript/package.json')))

const compile = (root: string, folder: string, flags: readonly string[]): void => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [tsc, ...flags], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  })
  if (status !== 0) throw new CannotBuild(`${folder} does not build:\n${stdout}${stderr}`)
}
