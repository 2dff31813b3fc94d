import { createHash } from 'node:crypto'
import type { Timeline } from './time/timeline.ts'

/** What happened, as sentences; and one hash that two runs of a seed must share. */
export class Trace {
  readonly #timeline: Timeline
  readonly #hash = createHash('sha256')
  readonly #kept: string[] = []
  readonly #keep: number
  /** Whether logs of the components are kept, too: they are no part of the hash. */
  readonly isVerbose: boolean

  constructor(timeline: Timeline, keep: number, isVerbose = false) {
    this.#timeline = timeline
    this.#keep = keep
    this.isVerbose = isVerbose
  }

  /** One event of the world. */
  tell(who: string, what: string): void {
    const line = `${this.#time()}  ${who.padEnd(16)} ${what}`
    this.#hash.update(line)
    this.#remember(line)
  }

  /** A component's own log. */
  log(who: string, what: string): void {
    if (this.isVerbose) this.#remember(`${this.#time()}  ${who.padEnd(16)} | ${what}`)
  }

  get lines(): readonly string[] {
    return this.#kept
  }

  /** To be asked once, at the end. */
  digest(): string {
    this.#hash.update(`${this.#timeline.events} events, ${this.#timeline.now} ms`)
    return this.#hash.digest('hex').slice(0, 32)
  }

  #time(): string {
    const seconds = (this.#timeline.now / 1000).toFixed(3)
    return seconds.padStart(12)
  }

  #remember(line: string): void {
    this.#kept.push(line)
    if (this.#kept.length > 2 * this.#keep) this.#kept.splice(0, this.#keep)
  }
}
