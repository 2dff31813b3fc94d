import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { type Report, reportSchema } from '../../packages/cli/test/support/report-schema.ts'
import { type Running, saidBy } from '../support/process/run.ts'
import type { Testimony } from './support/azure-control.ts'
import { azureIn, startDemo } from './support/demo.ts'

// Two demos, one after the other, each of which drives as much load as the machine can carry.
t.setTimeout(900_000)

const reportOf = (out: string): Report => {
  const lines = out.trimEnd().split('\n')
  return reportSchema.parse(JSON.parse(lines.at(-1) ?? ''))
}

const sum = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((total, count) => total + count, 0)

const kinds = ['point read', 'upsert', 'replace', 'patch', 'query', 'bulk', 'batch', 'change feed']

t.test('the demo turns both keys under load, and nothing fails', async t => {
  const began = performance.now()
  const ended = await startDemo(['--json', '--seed', '1']).ended
  t.equal(ended.code, 0, ended.err)
  const report = reportOf(ended.out)
  t.comment(`${report.operations} operations, ${report.seconds} s of ${seconds(began)} s in all`)
  t.equal(ended.out.trimEnd().split('\n').length, 1, 'nothing else on standard output')
  t.ok(report.operations >= 10_000, `${report.operations} operations`)
  t.equal(sum(report.byOperation), report.operations)
  for (const kind of kinds) t.ok((report.byOperation[kind] ?? 0) > 0, kind)
  t.match(report, {
    mode: 'keyturn',
    seed: 1,
    failed: 0,
    failed401: 0,
    failedByRotation: 0,
    oldKeysRefused: true,
    regenerateCalls: 2,
    rotation: { status: 'completed' },
  })
  const { before, after } = report.fingerprints
  const all = [before.primary, before.secondary, after.primary, after.secondary]
  t.equal(new Set(all).size, 4, 'both fingerprints are new')
})

t.test('without Keyturn the same load fails, and only what callers saw is counted', async t => {
  const began = performance.now()
  const keep = t.testdir({})
  const demo = startDemo(['--json', '--seed', '1', '--without-keyturn', '--keep', keep])
  const refusals = watchRefusals(keep, demo)
  const ended = await demo.ended
  t.equal(ended.code, 1, 'the run does not keep what Keyturn promises')
  t.equal(ended.err.match(/^keyturn: /m), null, 'and it is no error either')
  const report = reportOf(ended.out)
  t.comment(`${report.failed} of ${report.operations} failed, ${seconds(began)} s in all`)
  t.match(report, { mode: 'without-keyturn', regenerateCalls: 2, oldKeysRefused: true })
  t.ok(report.failed > 0, `${report.failed} operations failed`)
  t.ok(report.failed <= report.operations)
  t.equal(report.healed401, 0, 'a plain client heals nothing')
  t.equal(sum(report.byOperation), report.operations)
  const refused = await refusals
  t.ok(report.failed401 > 0 && report.failed401 <= refused, `Azure refused ${refused} requests`)
  t.ok(
    report.failures.every(({ code, stage }) => code === '401' && stage !== 'before'),
    'nothing failed before the keys were turned, and nothing for another reason',
  )
})

const seconds = (began: number): string => ((performance.now() - began) / 1000).toFixed(1)

/** How many requests azure-sim itself refused until the run ended, by its own witness. */
const watchRefusals = async (folder: string, demo: Running): Promise<number> => {
  let running = true
  void demo.ended.finally(() => {
    running = false
  })
  let pauseMs = 100
  // The last look has to come between the end of the load and that of Azure.
  void saidBy(demo, 'load after').then(
    () => {
      pauseMs = 0
    },
    () => undefined,
  )
  let refused = 0
  while (running) {
    const keys = await azureIn(folder)
      ?.control<Testimony>('/witness')
      .then(testimony => testimony.keys)
      .catch(() => null)
    if (keys) refused = keys.reduce((total, key) => total + key.refused, 0)
    await sleep(pauseMs)
  }
  return refused
}
