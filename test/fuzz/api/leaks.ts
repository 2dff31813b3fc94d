import { needlesOf } from '../../e2e/support/search.ts'

/** Long runs of the letters in which a secret may be written down. */
const runs = /[A-Za-z0-9+/=_%\\-]{20,}/g

/** Runs that were looked at, of which most come back in every answer; bounded. */
const lookedMax = 200_000

/** Looks for secrets in answers, however they are written: raw, base64, hex, percent-encoded. */
export class LeakSearch {
  readonly #clean = new Set<string>()
  #texts: readonly string[] = []
  #raw: readonly Buffer[] = []
  #known = new Set<string>()

  /** From now on these are searched for as well. */
  learn(secrets: readonly string[]): void {
    const fresh = secrets.filter(secret => !this.#known.has(secret))
    if (fresh.length === 0) return
    this.#known = new Set([...this.#known, ...fresh])
    this.#clean.clear()
    const needles = [...this.#known].flatMap(secret => needlesOf(secret))
    const isRaw = (name: string): boolean => name === 'raw bytes' || name === 'UTF-16'
    this.#raw = needles.filter(({ name }) => isRaw(name)).map(({ bytes }) => bytes)
    this.#texts = needles
      .filter(({ name }) => !isRaw(name))
      .map(({ bytes }) => bytes.toString('latin1'))
  }

  /** Whether a piece of a secret stands in it. */
  isIn(answer: Buffer): boolean {
    const text = answer.toString('latin1')
    for (const [run] of text.matchAll(runs)) {
      if (this.#clean.has(run)) continue
      if (this.#texts.some(needle => run.includes(needle))) return true
      if (this.#clean.size < lookedMax) this.#clean.add(run)
    }
    return this.#raw.some(needle => answer.includes(needle))
  }
}
