import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { printFile } from './print.ts'
import { fail, pass, type Tally } from './tally.ts'

/** Lint, format (with the order of imports) and types: one check each. */
export const runChecks = (root: string, paths: readonly string[]): readonly Tally[] => {
  const biome = join(root, 'node_modules/@biomejs/biome/bin/biome')
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  const where = paths.length === 0 ? ['.'] : paths
  return [
    check(root, 'lint', [biome, 'lint', '--error-on-warnings', ...where]),
    check(root, 'format', [biome, 'check', '--linter-enabled=false', ...where]),
    check(root, 'types', [tsc, '--noEmit']),
  ]
}

const check = (root: string, name: string, args: readonly string[]): Tally => {
  const began = performance.now()
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const message = `${stdout}${stderr}`.trim() || `ended with ${signal ?? `code ${status}`}`
  const tally = status === 0 ? pass : fail({ path: [name], details: { message } })
  printFile(name, tally, performance.now() - began)
  return tally
}
