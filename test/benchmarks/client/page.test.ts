import { readFileSync } from 'node:fs'
import t from 'tap'
import { casesTitled, variants } from '../../../benchmarks/client/cases.ts'
import {
  type Extras,
  measuredPart,
  merged,
  type Report,
  withMeasured,
} from '../../../benchmarks/client/page.ts'
import type { CaseFigures } from '../../../benchmarks/client/rounds.ts'

const per = <T>(value: T) => ({ plain: value, tuned: value, keyturn: value })
const bounds = { low: 1.9, median: 2.05, high: 2.2 }

const figures = (title: string, keyturn: number): CaseFigures[] =>
  casesTitled(title).map(each => ({
    ...each,
    rounds: 18,
    opsPerSecond: { plain: 4000, tuned: 6000, keyturn },
    cpuMicros: per(100),
    throughputRatio: bounds,
    cpuRatio: { low: 0.45, median: 0.48, high: 0.5 },
    serverLoad: 0.5,
  }))

const extras: Extras = {
  keyDeath: {
    inFlight: 1000,
    operations: 5000,
    failed: 0,
    sentences: [],
    medianBeforeMs: 120,
    firstAfterMs: 130,
    worstAfterMs: 260,
    refreshes: 0,
    refused: 63,
    refusedAccountReads: 1,
  },
  memory: per({ madeBytes: 3000, usedBytes: 13_000, clients: 100 }),
  engine: { attemptMicros: 5, signingMicros: 2, meteringAndChoosingMicros: 0.4 },
  hotFunctions: [{ name: 'signature', nanos: 2000, marginPercent: 1 }],
}

const machine = { node: 'v24.21.0', cores: 2 }
const report: Report = { cases: figures('point-read/tls/64', 8200), extras, ...machine }

const page = readFileSync(new URL('../../../docs/performance.md', import.meta.url), 'utf8')

t.test('measured figures go between the page’s markers, and nowhere else', async t => {
  const written = withMeasured(page, measuredPart(report))
  t.match(written, '2.05 (1.90 to 2.20)')
  for (const variant of variants) t.match(written, `| ${variant} | 3.0 KB | 13.0 KB |`)
  t.equal(withMeasured(written, measuredPart(report)), written, 'once more changes nothing')
  const [head] = page.split('<!-- measured: begin -->')
  const [, tail] = page.split('<!-- measured: end -->')
  t.ok(head && written.startsWith(head))
  t.ok(tail && written.endsWith(tail))
})

t.test('a page without its markers is refused', async t => {
  t.throws(() => withMeasured('# Performance', 'figures'), { message: /lost its markers/ })
})

t.test('a run in parts keeps what was measured before, in the table’s order', async t => {
  const later = { cases: figures('point-read/http', 9000), extras: null, ...machine }
  const both = merged(report, later)
  t.same(
    both.cases.map(({ transport, concurrency }) => `${transport}/${concurrency}`),
    ['http/1', 'http/16', 'http/64', 'tls/64'],
  )
  t.equal(both.extras, extras)
  const again = { cases: figures('point-read/tls', 8500), extras: null, ...machine }
  const rates = merged(both, again).cases.map(({ opsPerSecond }) => opsPerSecond.keyturn)
  t.same(rates, [9000, 9000, 9000, 8500, 8500, 8500])
  t.same(merged(null, later), later)
  t.notMatch(measuredPart(later), 'memory per client')
})
