// `npm run bench:client -- --json`: the resilient client beside the plain one, and beside the plain
// one as a good user would tune it, in one run. `--case point-read/tls/64` measures one case, or
// with the beginning of a title several; `--write` puts what was measured into docs/performance.md,
// beside what is there.

import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { allCases, casesTitled, caseTitle } from './cases.ts'
import { stopAll } from './channel.ts'
import { measureKeyDeath, measureMemory } from './extras.ts'
import { measureHotFunctions } from './hot-functions.ts'
import { type Extras, writePage } from './page.ts'
import { type CaseFigures, measure, type Plan, type Server, startServer } from './rounds.ts'
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

// A service runs for days, so it is measured warm: V8 has made its last machine code of the SDK after
// some ten thousand operations.
const whole: Plan = {
  batches: 2,
  roundsPerBatch: 9,
  sliceMs: 250,
  warmUpMs: 9000,
  caseWarmUpMs: 1500,
}
/** More rounds, so narrower bounds, in under 50 s. */
const short: Plan = {
  batches: 2,
  roundsPerBatch: 14,
  sliceMs: 250,
  warmUpMs: 9000,
  caseWarmUpMs: 0,
}

const progress = (text: string): void => void process.stderr.write(`${text}\n`)

async function measureExtras(server: Server): Promise<Extras> {
  progress('a key dies under a thousand operations')
  const keyDeath = await measureKeyDeath(server)
  progress('memory per client')
  const memory = {
    plain: await measureMemory('plain', server),
    tuned: await measureMemory('tuned', server),
    keyturn: await measureMemory('keyturn', server),
  }
  progress('hot functions')
  const { engine, functions } = await measureHotFunctions(500)
  return { keyDeath, memory, engine, hotFunctions: functions }
}

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
  const chosen = values.case === undefined ? allCases : casesTitled(values.case)
  const plan = chosen.length === 1 ? short : whole
  const server = await startServer()
  const cases = await measure(chosen, plan, server, progress)
  const extras = chosen.length === allCases.length ? await measureExtras(server) : null
  await server.stop()
  const met = judged(cases, extras)
  const machine = { node: process.version, cores: cpus().length }
  const bounds = 'order statistics of paired rounds, at least 95 %'
  const report = { cases, ...extras, plan, bounds, ...machine, met }
  if (values.write) writePage({ cases, extras, ...machine })
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
