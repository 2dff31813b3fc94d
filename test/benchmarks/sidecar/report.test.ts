import t from 'tap'
import { quantilesOf } from '../../../benchmarks/sidecar/quantiles.ts'
import { judged, reportOf, targets } from '../../../benchmarks/sidecar/report.ts'
import type { Figures } from '../../../benchmarks/sidecar/sections.ts'
import { table } from '../../../benchmarks/sidecar/table.ts'

const all = (ms: number) => quantilesOf(Array.from({ length: 300 }, () => ms))

const memory = {
  vault: { source: 'vault', libraries: [], importBaselineMb: 100, startedMb: 90, rssMb: 140 },
  files: { source: 'files', libraries: [], importBaselineMb: 80, startedMb: 70 },
}
const resident = { value: 0, low: -1, high: 1 }

const figures = (change: Partial<Figures> = {}): Figures => ({
  fileSwap: all(50),
  announcedSwap: all(150),
  gets: { sidecar: all(1), bare: all(0.5), p99Ratio: { low: 1, median: 1.5, high: 2 } },
  memory,
  leak: { rotations: 1_000, live: { value: 0.5, low: 0, high: 1 }, resident },
  idle: { cpuPercent: 0.2, seconds: 30 },
  polling: [{ everySeconds: 30, scale: 200, ...all(15_000) }],
  ...change,
})

t.test('a figure as good as its target meets it, and one that is worse does not', async t => {
  t.ok(Object.values(judged(figures())).every(Boolean))
  const worse: Record<string, Partial<Figures>> = {
    fileSwap: { fileSwap: all(targets.fileSwapP99Ms + 1) },
    announcedSwap: { announcedSwap: all(targets.announcedSwapP99Ms + 1) },
    get: { gets: { sidecar: all(1), bare: all(1), p99Ratio: { low: 1, median: 1.5, high: 2.1 } } },
    memory: { memory: { ...memory, vault: { ...memory.vault, rssMb: 141 } } },
    leak: { leak: { rotations: 1_000, live: { value: 0.5, low: 0, high: 1.1 }, resident } },
    idle: { idle: { cpuPercent: 0.21, seconds: 30 } },
  }
  t.same(Object.keys(worse).sort(), Object.keys(judged(figures())).sort())
  for (const [name, change] of Object.entries(worse)) {
    const missed = Object.entries(judged(figures(change))).filter(([, met]) => !met)
    t.same(missed, [[name, false]], name)
  }
})

t.test('the report has the names that were promised', async t => {
  t.match(reportOf(figures()), {
    fileSwapMs: { p50: 50, p99: 50 },
    announcedSwapMs: { p50: 150, p99: 150 },
    getMs: { p50: 1, p99: 1 },
    bareGetMs: { p50: 0.5, p99: 0.5 },
    rssMb: 140,
    importBaselineMb: 100,
    leakMbPerThousandRotations: 0.5,
    idleCpuPercent: 0.2,
    polling: [{ everySeconds: 30, swapMs: { p50: 15_000, p99: 15_000 } }],
  })
})

t.test('what was not measured is in neither report, verdict nor table', async t => {
  t.same(reportOf({}), {})
  t.same(judged({}), {})
  t.equal(table({}).split('\n').length, 2)
  t.match(table(figures()), /new key signs, p99 \| 50 ms/)
})
