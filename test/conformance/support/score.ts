import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Score } from './tally.ts'

/**
 * Counts what one conformance test holds: first how many there are, then each that passed. Written
 * when the process ends, so that what never ran is missing from `passed`.
 */
export class Scoring {
  readonly #score: Score

  constructor(kind: string, total: number) {
    this.#score = { kind, passed: 0, total, skipped: [], failures: [] }
    process.on('exit', () => this.#write())
  }

  /** @param problems none where it holds */
  count(name: string, problems: readonly string[]): void {
    if (problems.length === 0) this.#score.passed++
    else this.#score.failures.push(`${name}: ${problems[0]}`)
  }

  skip(name: string, reason: string): void {
    this.#score.skipped.push({ name, reason })
  }

  #write(): void {
    const into = watchFolder()
    if (into === null) return
    mkdirSync(into, { recursive: true })
    writeFileSync(join(into, `score-${this.#score.kind}.json`), JSON.stringify(this.#score))
  }
}

/** The folder that this run's tallies go to, as the preload in NODE_OPTIONS names it. */
export const watchFolder = (options = process.env['NODE_OPTIONS'] ?? ''): string | null => {
  const url = /--import=(\S*\/support\/watch\.js\?[^\s"]*)/.exec(options)?.[1]
  return url === undefined ? null : new URL(url).searchParams.get('into')
}
