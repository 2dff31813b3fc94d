import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { add, fail, nothing, type Tally, tallyFile } from './tally.ts'
import { type Point, readTap } from './tap-tree.ts'

type OnFile = (file: string, tally: Tally, milliseconds: number) => void

/**
 * Runs test files through tap, and answers with one tally per file, plus one for what went
 * wrong outside of any file.
 *
 * When a file times out, tap leaves the files that it has not started: those get another run,
 * so that one slow file hides nothing.
 */
export const runTests = async (
  root: string,
  files: readonly string[],
  onFile: OnFile,
  env: NodeJS.ProcessEnv = process.env,
): Promise<readonly Tally[]> => {
  if (files.length === 0) return [didNotRun('no test file')]
  const first = await runTap(root, files, onFile, env)
  const left = files.filter(file => !first.tallies.has(file))
  const rest =
    left.length > 0 && left.length < files.length ? await runTests(root, left, onFile, env) : []
  const lost = left.length === files.length ? left.map(didNotRun) : []
  return [...first.tallies.values(), first.outside, ...rest, ...lost]
}

const didNotRun = (file: string): Tally =>
  fail({ path: [file], details: { message: 'did not run' } })

interface Run {
  readonly tallies: ReadonlyMap<string, Tally>
  readonly outside: Tally
}

const runTap = async (
  root: string,
  files: readonly string[],
  onFile: OnFile,
  env: NodeJS.ProcessEnv,
): Promise<Run> => {
  const tallies = new Map<string, Tally>()
  const strays: Point[] = []
  const parser = readTap(point => {
    if (!files.includes(point.name)) return void strays.push(point)
    const tally = tallyFile(point)
    tallies.set(point.name, tally)
    onFile(point.name, tally, point.milliseconds ?? 0)
  })
  const tap = join(root, 'node_modules/tap/dist/esm/run.mjs')
  const child = spawn(process.execPath, [tap, '--reporter=tap', ...files], {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  child.stdout.pipe(parser)
  const ended = await new Promise<string>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => resolve(signal ?? `code ${code}`))
  })
  return { tallies, outside: tallyOutside(strays, tallies, ended) }
}

/** tap's own word counts as well: should it say that the run failed, then the run failed. */
const tallyOutside = (
  strays: readonly Point[],
  tallies: ReadonlyMap<string, Tally>,
  ended: string,
): Tally => {
  const anyFailed = [...tallies.values()].some(({ failed }) => failed > 0)
  const unexplained = strays
    .filter(point => !point.ok && !hasFailed(tallies, point.details['expired']))
    .map(({ name, details }) => fail({ path: ['tap', name], details }))
  if (unexplained.length > 0) return unexplained.reduce(add)
  if (ended === 'code 0' || anyFailed) return nothing
  const message = `ended with ${ended}, and no test had failed`
  return fail({ path: ['tap'], details: { message } })
}

const hasFailed = (tallies: ReadonlyMap<string, Tally>, file: unknown): boolean =>
  typeof file === 'string' && (tallies.get(file)?.failed ?? 0) > 0
