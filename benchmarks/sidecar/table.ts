// Figures as a person reads them: a Markdown table, for the terminal and for docs/performance.md.

import type { Quantile, Quantiles } from './quantiles.ts'
import { targets } from './report.ts'
import type { Figures } from './sections.ts'
import type { Slope } from './slope.ts'

type Row = readonly [what: string, figure: string, bounds: string, target: string]

const ms = (value: number): string => (value < 10 ? value.toFixed(2) : value.toFixed(0))
const withBounds = ({ low, high }: Quantile): string =>
  `${ms(low)} to ${high === null ? '?' : ms(high)}`

const quantileRows = (what: string, { bounds }: Quantiles, target: string): Row[] => [
  [`${what}, p50`, `${ms(bounds.p50.value)} ms`, withBounds(bounds.p50), ''],
  [`${what}, p99`, `${ms(bounds.p99.value)} ms`, withBounds(bounds.p99), target],
]

const slopeRow = (what: string, { value, low, high }: Slope, target: string): Row => [
  what,
  `${value.toFixed(3)} MB`,
  `${low.toFixed(3)} to ${high.toFixed(3)}`,
  target,
]

const seconds = (value: number): string => `${(value / 1_000).toFixed(0)} s`

const swapRows = ({ fileSwap, announcedSwap, polling = [] }: Figures): Row[] => [
  ...(fileSwap
    ? quantileRows('file renamed → new key signs', fileSwap, `≤ ${targets.fileSwapP99Ms} ms`)
    : []),
  ...(announcedSwap
    ? quantileRows('announced → new key signs', announcedSwap, `≤ ${targets.announcedSwapP99Ms} ms`)
    : []),
  ...polling.map(
    ({ everySeconds, p50, p99 }): Row => [
      `polled every ${everySeconds} s instead, p50 and p99`,
      `${seconds(p50)}, ${seconds(p99)}`,
      '',
      '',
    ],
  ),
]

const getRows = ({ gets }: Figures): Row[] => {
  if (gets === undefined) return []
  const { low, median, high } = gets.p99Ratio
  return [
    ...quantileRows('`GET /v1/keyset` at 2,000/s', gets.sidecar, ''),
    ...quantileRows('bare `node:http` likewise', gets.bare, ''),
    [
      'its p99, of the bare one’s in the same round',
      `× ${median.toFixed(2)}`,
      `${low.toFixed(2)} to ${high.toFixed(2)}`,
      `≤ × ${targets.getRatio}`,
    ],
  ]
}

const costRows = ({ memory, leak, idle }: Figures): Row[] => [
  ...(memory
    ? ([
        [
          'resident after an hour’s work, 100 clients',
          `${memory.vault.rssMb} MB`,
          `started ${memory.vault.startedMb} MB`,
          `≤ baseline + ${targets.overBaselineMb} MB`,
        ],
        ['only importing its libraries', `${memory.vault.importBaselineMb} MB`, '', ''],
        [
          'the same two with files for a source',
          `${memory.files.startedMb} MB, ${memory.files.importBaselineMb} MB`,
          'as started',
          '',
        ],
      ] satisfies Row[])
    : []),
  ...(leak
    ? [
        slopeRow(
          `held more after 1,000 rotations`,
          leak.live,
          `≤ ${targets.leakMbPerThousandRotations} MB`,
        ),
        slopeRow('resident likewise', leak.resident, ''),
      ]
    : []),
  ...(idle
    ? ([
        [
          'CPU while nothing happens',
          `${idle.cpuPercent.toFixed(3)} %`,
          `over ${idle.seconds} s`,
          `≤ ${targets.idleCpuPercent} %`,
        ],
      ] satisfies Row[])
    : []),
]

export const table = (figures: Figures): string => {
  const rows = [...swapRows(figures), ...getRows(figures), ...costRows(figures)]
  return [
    '| | | 95 % | target |',
    '| --- | --: | --: | --: |',
    ...rows.map(cells => `| ${cells.join(' | ')} |`),
  ].join('\n')
}
