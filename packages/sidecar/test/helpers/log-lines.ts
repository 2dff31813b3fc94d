import { Writable } from 'node:stream'
import { pino } from 'pino'

interface Line {
  readonly event: string
  readonly [field: string]: unknown
}

/** A log that remembers, and can be waited on. */
export class LogLines {
  readonly raw: string[] = []
  #waiters = new Set<() => void>()
  readonly log = pino(
    { base: null },
    new Writable({
      write: (chunk, _encoding, done) => {
        this.raw.push(String(chunk))
        const waiters = [...this.#waiters]
        this.#waiters.clear()
        for (const wake of waiters) wake()
        done()
      },
    }),
  )

  get lines(): Line[] {
    return this.raw.map(line => JSON.parse(line) as Line)
  }

  async until(event: string, fits: (line: Line) => boolean = () => true): Promise<Line> {
    for (;;) {
      const found = this.lines.find(line => line.event === event && fits(line))
      if (found) return found
      await new Promise<void>(resolve => this.#waiters.add(resolve))
    }
  }
}
