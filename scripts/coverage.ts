// `npm run coverage`: what the tests of packages/core leave unexecuted of its lines and branches.
// Exit code 0 only if there is nothing. What decides about keys has no corner that no test enters.
// Another run of tap in this folder at the same time empties what this one has gathered, and what
// it prints is then too low, never too high.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findTests } from './testing/files.ts'

interface Figure {
  readonly total: number
  readonly covered: number
}

type Summary = Readonly<Record<string, { readonly lines: Figure; readonly branches: Figure }>>

const root = fileURLToPath(new URL('..', import.meta.url))
const sources = 'packages/core/src/'

/** The tests run with tap's own coverage; it judges nothing here, since test kits count there too. */
const measured = async (): Promise<Summary> => {
  const options = ['--no-disable-coverage', '--allow-incomplete-coverage', '--reporter=terse']
  const tap = spawn(
    'tap',
    [...options, '--coverage-report=json-summary', ...findTests(root, ['packages/core/test'])],
    { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] },
  )
  const [code] = await once(tap, 'close')
  if (code !== 0) throw new Error(`The tests of packages/core failed: tap ended with ${code}.`)
  const path = new URL('../.tap/report/coverage-summary.json', import.meta.url)
  return JSON.parse(readFileSync(path, 'utf8'))
}

const ofCore = Object.entries(await measured())
  .map(([path, figures]) => ({ path: relative(root, path), ...figures }))
  .filter(({ path }) => path.startsWith(sources))

const missing = ({ total, covered }: Figure): number => total - covered
const open = ofCore.filter(({ lines, branches }) => missing(lines) + missing(branches) > 0)
for (const { path, lines, branches } of open) {
  const what = `${missing(lines)} lines and ${missing(branches)} branches that no test enters`
  process.stdout.write(`${path}: ${what}\n`)
}
const sum = (figures: readonly Figure[]): string =>
  `${figures.reduce((covered, figure) => covered + figure.covered, 0)} of ${figures.reduce((total, figure) => total + figure.total, 0)}`
process.stdout.write(
  `${ofCore.length} files: ${sum(ofCore.map(({ lines }) => lines))} lines, ${sum(ofCore.map(({ branches }) => branches))} branches\n`,
)
process.exitCode = ofCore.length > 0 && open.length === 0 ? 0 : 1
