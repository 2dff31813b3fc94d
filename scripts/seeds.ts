// `npm run demo:seeds -- --from 1 --to 20 --json`: the demo in rough weather, seed after seed.
// A table while it runs, with --json one JSON object as the last line. Exit code 0 only if each
// run kept what Keyturn promises.

import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const root = fileURLToPath(new URL('..', import.meta.url))

interface Report {
  readonly operations: number
  readonly failed: number
  readonly failedByRotation: number
  readonly failed401: number
  readonly healed401: number
  readonly oldKeysRefused: boolean
  readonly regenerateCalls: number
  readonly seconds: number
  readonly rotation: { readonly status: string }
  readonly comparison: { readonly failed: number; readonly alike: number } | null
}

/** `null`: the run ended without a report. */
interface Run {
  readonly seed: number
  readonly code: number | null
  readonly report: Report | null
}

class BadInput extends Error {}

const seedOf = (name: string, given: string): number => {
  const seed = Number(given)
  if (/^\d+$/.test(given) && Number.isSafeInteger(seed)) return seed
  throw new BadInput(`--${name} is ${given}: give a whole number.`)
}

const runSeed = async (seed: number): Promise<Run> => {
  const flags = ['--conditions=keyturn-source', '--disable-warning=ExperimentalWarning']
  const demo = ['packages/cli/src/main.ts', 'demo', '--json', '--faults', '--seed', String(seed)]
  const child = spawn(process.execPath, [...flags, ...demo], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = new Promise<number | null>(resolve => child.once('close', resolve))
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)])
  const code = await ended
  const last = out.trimEnd().split('\n').at(-1) ?? ''
  if (last.startsWith('{')) return { seed, code, report: JSON.parse(last) as Report }
  process.stderr.write(err)
  return { seed, code, report: null }
}

const columns = [
  ...['seed', 'code', 'operations', 'failed', 'alike', 'by rotation'],
  ...['401s', 'healed', 'refused', 'calls', 'seconds', 'rotation'],
]

const row = (cells: readonly unknown[]): string =>
  cells.map((cell, index) => String(cell).padStart(columns[index]?.length ?? 0)).join('  ')

const rowOf = ({ seed, code, report }: Run): string => {
  if (report === null) return row([seed, code, 'no report'])
  const { operations, failed, failedByRotation, failed401, healed401 } = report
  const { oldKeysRefused, regenerateCalls, seconds, rotation, comparison } = report
  return row([
    ...[seed, code, operations, failed, comparison?.alike ?? 0, failedByRotation],
    ...[failed401, healed401, oldKeysRefused, regenerateCalls, seconds, rotation.status],
  ])
}

const main = async (): Promise<number> => {
  const { values } = parseArgs({
    options: {
      from: { type: 'string', default: '1' },
      to: { type: 'string', default: '20' },
      json: { type: 'boolean', default: false },
    },
  })
  const from = seedOf('from', values.from)
  const to = seedOf('to', values.to)
  if (to < from) throw new BadInput(`--to ${to} lies before --from ${from}.`)
  process.stdout.write(`${row(columns)}\n`)
  const runs: Run[] = []
  for (let seed = from; seed <= to; seed += 1) {
    const run = await runSeed(seed)
    runs.push(run)
    process.stdout.write(`${rowOf(run)}\n`)
  }
  const kept = runs.filter(({ code, report }) => code === 0 && report !== null)
  const sum = (of: (report: Report) => number) =>
    runs.reduce((total, { report }) => total + (report === null ? 0 : of(report)), 0)
  const summary = {
    ...{ from, to, runs: runs.length, kept: kept.length },
    operations: sum(({ operations }) => operations),
    failed: sum(({ failed }) => failed),
    failedByRotation: sum(({ failedByRotation }) => failedByRotation),
    failed401: sum(({ failed401 }) => failed401),
    healed401: sum(({ healed401 }) => healed401),
    seeds: runs,
  }
  if (values.json) process.stdout.write(`${JSON.stringify(summary)}\n`)
  return kept.length === runs.length ? 0 : 1
}

try {
  process.exitCode = await main()
} catch (error) {
  const isInput =
    error instanceof BadInput || (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS')
  if (!isInput) throw error
  process.stderr.write(`${(error as Error).message}\n`)
  process.exitCode = 2
}
