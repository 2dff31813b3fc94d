import { styleText } from 'node:util'
import { turnPhases } from '@keyturn/core'
import { createLogUpdate } from 'log-update'
import type { Host } from '../../host.ts'
import type { CrewProgress } from '../load/crew.ts'
import type { DemoReport } from '../report.ts'
import { reportText } from './report-text.ts'
import type { Moment, View } from './view.ts'
import { cut, grouped, memberWords, Pace } from './words.ts'

type Paint = (style: 'green' | 'red' | 'dim' | 'bold' | 'cyan', text: string) => string

/** A picture that is drawn anew: where a person sits at a terminal. */
export class LiveView implements View {
  readonly #update: (text: string) => void
  readonly #done: () => void
  readonly #out: Host['stdout']
  readonly #paint: Paint
  readonly #pace = new Pace()
  readonly #lines: string[] = []

  constructor(out: Host['stdout'], colour: boolean) {
    const update = createLogUpdate(out as NodeJS.WriteStream)
    this.#update = update
    this.#done = () => update.done()
    this.#out = out
    this.#paint = colour
      ? (style, text) => styleText(style, text, { validateStream: false })
      : (_, text) => text
  }

  /** A line that is as wide as the terminal makes some of them jump. */
  get #columns(): number {
    return (this.#out.columns || 80) - 1
  }

  says(line: string): void {
    this.#lines.push(line)
    this.#update(this.#lines.slice(-3).join('\n'))
  }

  shows(moment: Moment): void {
    this.#update(
      picture(moment, this.#pace.of(moment.seconds, moment.crew), this.#paint, this.#columns),
    )
  }

  counts(seconds: number, crew: CrewProgress): void {
    const load = loadLine(seconds, this.#pace.of(seconds, crew), crew, this.#paint)
    this.#update([...this.#lines.slice(-8), '', load].join('\n'))
  }

  ends(report: DemoReport): void {
    this.#done()
    const lines = reportText(report)
    const verdict = lines.pop() ?? ''
    const colour = verdict.startsWith('✓') ? 'green' : 'red'
    this.#out.write(`${[...lines, this.#paint(colour, verdict)].join('\n')}\n`)
  }
}

/** The whole picture: phases, fleet, load. */
export const picture = (
  { seconds, status, crew }: Moment,
  perSecond: number,
  paint: Paint,
  columns: number,
): string => {
  const { rotation, members, blockers } = status
  const waits = blockers
    .slice(0, 2)
    .map(({ sentence }) => paint('dim', cut(`    ${sentence}`, columns)))
  return [
    paint('bold', 'Turning both keys of an account under load'),
    '',
    ...turnPhases
      .filter(name => name !== 'completed')
      .map(name => phaseLine(name, rotation, paint)),
    ...padded(waits, 2),
    '',
    ...members
      .filter(({ standing }) => standing === 'joined')
      .map(member => cut(`  ${memberWords(member)}`, columns)),
    '',
    loadLine(seconds, perSecond, crew, paint),
  ].join('\n')
}

const phaseLine = (name: string, rotation: Moment['status']['rotation'], paint: Paint): string => {
  const entered = rotation?.phases.find(phase => phase.name === name)
  if (!entered) return paint('dim', `  · ${name}`)
  const spent = `${(entered.ms / 1000).toFixed(1)} s`
  return rotation?.phase === name
    ? paint('cyan', `  ▸ ${name.padEnd(22)}${spent}`)
    : `  ${paint('green', '✓')} ${name.padEnd(22)}${spent}`
}

const loadLine = (seconds: number, perSecond: number, crew: CrewProgress, paint: Paint): string => {
  const failed = `${grouped(crew.failed)} failed`
  const parts = [
    `${seconds.toFixed(1)} s`,
    `${grouped(perSecond)} operations/s`,
    `${grouped(crew.operations)} so far`,
    crew.failed > 0 ? paint('red', failed) : paint('green', failed),
    `${grouped(crew.healed401)} refusals healed`,
  ]
  return `  ${parts.join('   ')}`
}

const padded = (lines: readonly string[], count: number): string[] => [
  ...lines,
  ...Array.from({ length: Math.max(0, count - lines.length) }, () => ''),
]
