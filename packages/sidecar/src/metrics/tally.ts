import type { Log } from '../log.ts'

/** How often things happened since the process began. Counting costs one addition. */
export class Tally {
  readonly #counts = new Map<string, number>()

  add(name: string): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1)
  }

  of(name: string): number {
    return this.#counts.get(name) ?? 0
  }

  /** What follows a prefix, and how often it was counted. */
  under(prefix: string): readonly (readonly [string, number])[] {
    return [...this.#counts]
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, count]) => [name.slice(prefix.length), count])
  }
}

/** Every fact has one event name, so whoever counts log events counts facts. */
export const counting = (log: Log, tally: Tally): Log => {
  const through =
    (level: keyof Log): Log['info'] =>
    (fact, sentence) => {
      tally.add(fact.event)
      log[level](fact, sentence)
    }
  return { info: through('info'), warn: through('warn'), error: through('error') }
}
