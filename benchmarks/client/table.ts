// Figures as a person reads them.

import { caseTitle } from './cases.ts'
import type { CaseFigures } from './rounds.ts'
import type { Bounds } from './statistics.ts'

const number = (value: number): string => (value < 10 ? value.toFixed(2) : value.toFixed(0))
const bounds = ({ low, median, high }: Bounds): string =>
  `${median.toFixed(2)} (${low.toFixed(2)} to ${high.toFixed(2)})`

const columns = [
  'case',
  'ops/s plain',
  'tuned',
  'keyturn',
  'CPU µs plain',
  'tuned',
  'keyturn',
  'throughput ×',
  'CPU ×',
  'server',
]

const cells = (each: CaseFigures): string[] => [
  caseTitle(each),
  number(each.opsPerSecond.plain),
  number(each.opsPerSecond.tuned),
  number(each.opsPerSecond.keyturn),
  number(each.cpuMicros.plain),
  number(each.cpuMicros.tuned),
  number(each.cpuMicros.keyturn),
  bounds(each.throughputRatio),
  bounds(each.cpuRatio),
  `${(each.serverLoad * 100).toFixed(0)} %`,
]

/** A Markdown table, aligned, so that it can be pasted where figures are kept. */
export const table = (figures: readonly CaseFigures[]): string => {
  const rows = [columns, ...figures.map(cells)]
  const widths = columns.map((_, at) => Math.max(...rows.map(row => row[at]?.length ?? 0)))
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))).join(' | ')} |`
  const rule = `|${widths.map((width, at) => (at === 0 ? `${'-'.repeat(width + 2)}` : `${'-'.repeat(width + 1)}:`)).join('|')}|`
  const [head = [], ...body] = rows
  return [line(head), rule, ...body.map(line)].join('\n')
}
