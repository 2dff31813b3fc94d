// `npm run bench:client -- --json`: the resilient client beside the plain one, and beside the plain
// one as a good user would tune it, in one run. `--case point-read/tls/64` measures one case;
// `--write` puts the figures of a whole run into docs/performance.md.

import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { allCases, type Case, caseTitle, caseTitled } from './cases.ts'
import { stopAll } from './channel.ts'
import { measureKeyDeath, measureMemory } from './extras.ts'
import { measureHotFunctions } from './hot-functions.ts'
import { writePage } from './page.ts'
import { type CaseFigures, measure, type Plan, startServer } from './rounds.ts'
import { table } from './table.ts'

/** What the resilient client must show, by the confidence bound that is worse for it. */
const bounds = {
  target: 'point-read/tls/64',
  throughputMin: 2,
  cpuMax: 0.5,
  anywhereMin: 0.95,
  refusedMax: 64,
  refreshesMax: 1,
}

// A service runs for days, so it is measured warm: thousands of operations before the first slice.
const whole: Plan = { batches: 2, roundsPerBatch: 5, sliceMs: 450, warmUpMs: 1300 }
/** More and longer rounds: narrower bounds, in under 50 s. */
const short: Plan = { batches: 2, roundsPerBatch: 8, sliceMs: 500, warmUpMs: 1800 }

const progress = (text: string): void => void process.stderr.write(`${text}\n`)

async function measureCases(cases: readonly Case[], plan: Plan): Promise<CaseFigures[]> {
  const server = await startServer()
  const figures: CaseFigures[] = []
  for (const [nth, each] of cases.entries()) {
    progress(`${caseTitle(each)}: case ${nth + 1} of ${cases.length}`)
    figures.push(await measure(each, plan, server, progress))
  }
  await stopAll()
  return figures
}

async function measureExtras() {
  const server = await startServer()
  progress('a key dies under a thousand operations')
  const keyDeath = await measureKeyDeath(server)
  progress('memory per client')
  const memory = {
    plain: await measureMemory('plain', server),
    tuned: await measureMemory('tuned', server),
    keyturn: await measureMemory('keyturn', server),
  }
  await server.stop()
  progress('hot functions')
  const { engine, functions } = await measureHotFunctions(500)
  return { keyDeath, memory, engine, hotFunctions: functions }
}

type Extras = Awaited<ReturnType<typeof measureExtras>>

const judged = (cases: readonly CaseFigures[], extras: Extras | null) => {
  const target = cases.find(each => caseTitle(each) === bounds.target)
  const death = extras?.keyDeath
  return {
    ...(target && {
      throughput: target.throughputRatio.low >= bounds.throughputMin,
      cpu: target.cpuRatio.high <= bounds.cpuMax,
    }),
    neverSlower: cases.every(each => each.throughputRatio.low >= bounds.anywhereMin),
    ...(death && {
      keyDeath:
        death.failed === 0 &&
        death.refused + death.refusedAccountReads <= bounds.refusedMax &&
        death.refreshes <= bounds.refreshesMax,
    }),
  }
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      json: { type: 'boolean' },
      case: { type: 'string' },
      write: { type: 'boolean' },
    },
  })
  const one = values.case === undefined ? null : caseTitled(values.case)
  const plan = one === null ? whole : short
  const cases = await measureCases(one === null ? allCases : [one], plan)
  const extras = one === null ? await measureExtras() : null
  const met = judged(cases, extras)
  const report = {
    cases,
    ...extras,
    plan,
    bounds: 'order statistics of paired rounds, at least 95 %',
    node: process.version,
    cores: cpus().length,
    met,
  }
  if (values.write && extras) writePage({ ...report, ...extras })
  process.stdout.write(`${table(cases)}\n`)
  if (extras && !values.json) process.stdout.write(`${JSON.stringify(extras, null, 2)}\n`)
  process.stdout.write(values.json ? `${JSON.stringify(report)}\n` : `${JSON.stringify(met)}\n`)
  return Object.values(met).every(Boolean) ? 0 : 1
}

try {
  process.exitCode = await main()
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 2
} finally {
  await stopAll()
}
