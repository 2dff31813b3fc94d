import type { Writable } from 'node:stream'
import type { CrewProgress } from '../load/crew.ts'
import type { DemoReport } from '../report.ts'
import { reportText } from './report-text.ts'
import type { Moment, View } from './view.ts'
import { grouped, Pace } from './words.ts'

/** How often a line tells that things go on, in seconds. */
const everySeconds = 5

/** Plain lines: where there is no terminal. */
export class LineView implements View {
  readonly #out: Writable
  readonly #pace = new Pace()
  #phase: string | null = null
  #told = 0

  constructor(out: Writable) {
    this.#out = out
  }

  says(line: string): void {
    this.#out.write(`${line}\n`)
  }

  shows({ seconds, status, crew }: Moment): void {
    const perSecond = this.#pace.of(seconds, crew)
    const phase = status.rotation?.phase ?? 'load before'
    if (phase === this.#phase && seconds - this.#told < everySeconds) return
    this.#phase = phase
    this.#told = seconds
    const waits = status.blockers[0] ? `  waits: ${status.blockers[0].code}` : ''
    this.says(`${line(seconds, phase, perSecond, crew)}${waits}`)
  }

  counts(seconds: number, crew: CrewProgress): void {
    const perSecond = this.#pace.of(seconds, crew)
    if (seconds - this.#told < everySeconds) return
    this.#told = seconds
    this.says(line(seconds, '', perSecond, crew))
  }

  ends(report: DemoReport): void {
    for (const text of reportText(report)) this.says(text)
  }
}

const line = (seconds: number, what: string, perSecond: number, crew: CrewProgress): string =>
  [
    `${seconds.toFixed(1).padStart(6)} s`,
    what.padEnd(22),
    `${grouped(perSecond).padStart(6)} operations/s`,
    `${grouped(crew.failed)} failed`,
    `${grouped(crew.healed401)} healed`,
  ].join('  ')
