import type { Result } from './simulation.ts'

/** What many seeds came to. */
export interface Summary {
  readonly seeds: number
  readonly violations: number
  readonly unfinished: number
  readonly seconds: number
  /** Each seed that broke a promise, with what it broke. */
  readonly failing: readonly { readonly seed: number; readonly why: string }[]
  readonly members: { readonly least: number; readonly most: number }
  /** How many seeds there were of each size of fleet, by its members at the beginning. */
  readonly sizes: Readonly<Record<string, number>>
  /** How many seeds turned what first: both keys, one, or one that had leaked. */
  readonly turns: Readonly<Record<string, number>>
  /** How the last rotation of each seed ended. */
  readonly ended: Readonly<Record<string, number>>
  /** Seeds in which nothing went wrong at all. */
  readonly calm: number
  readonly virtualHours: number
  readonly requests: number
  /** How many strikes of each kind befell somebody. */
  readonly faults: Readonly<Record<string, number>>
}

type Counts = Record<string, number>

const add = (sums: Counts, counts: Readonly<Counts>): void => {
  for (const [name, count] of Object.entries(counts)) sums[name] = (sums[name] ?? 0) + count
}

const sorted = (counts: Counts): Counts =>
  Object.fromEntries(Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1)))

const sizes = [1, 3, 8, 25, 80, 200] as const
const sizeNames = sizes.map((most, index) => {
  const least = (sizes[index - 1] ?? 0) + 1
  return least === most ? `${most}` : `${least}-${most}`
})
const sizeOf = (members: number): string =>
  sizeNames[sizes.findIndex(most => members <= most)] ?? 'more'

/** Results, added up as they come. */
export class Tally {
  #seeds = 0
  #violations = 0
  #unfinished = 0
  #least = Number.POSITIVE_INFINITY
  #most = 0
  #virtualMs = 0
  #calm = 0
  #requests = 0
  readonly #failing: { seed: number; why: string }[] = []
  readonly #sizes: Counts = {}
  readonly #turns: Counts = {}
  readonly #ended: Counts = {}
  readonly #faults: Counts = {}

  get seeds(): number {
    return this.#seeds
  }

  get failed(): number {
    return this.#failing.length
  }

  add(result: Result): void {
    this.#seeds += 1
    if (result.violations.length > 0) this.#violations += 1
    if (result.unfinished !== null) this.#unfinished += 1
    const why = reasonOf(result)
    if (why !== null) this.#failing.push({ seed: result.seed, why })
    this.#least = Math.min(this.#least, result.members)
    this.#most = Math.max(this.#most, result.members)
    this.#virtualMs += result.virtualMs
    this.#requests += result.requests
    if (Object.keys(result.faults).length === 0) this.#calm += 1
    add(this.#sizes, { [sizeOf(result.members)]: 1 })
    add(this.#turns, { [result.turn]: 1 })
    add(this.#ended, { [result.ended ?? 'none']: 1 })
    add(this.#faults, result.faults)
  }

  summary(seconds: number): Summary {
    return {
      seeds: this.#seeds,
      violations: this.#violations,
      unfinished: this.#unfinished,
      seconds: Math.round(seconds * 10) / 10,
      failing: this.#failing.toSorted((a, b) => a.seed - b.seed),
      members: { least: this.#seeds === 0 ? 0 : this.#least, most: this.#most },
      sizes: Object.fromEntries(sizeNames.map(name => [name, this.#sizes[name] ?? 0])),
      turns: sorted(this.#turns),
      ended: sorted(this.#ended),
      calm: this.#calm,
      virtualHours: Math.round(this.#virtualMs / 36_000) / 100,
      requests: this.#requests,
      faults: sorted(this.#faults),
    }
  }
}

/** `null`: every promise was kept. */
export const reasonOf = ({ violations, unfinished }: Result): string | null =>
  violations[0] ?? (unfinished === null ? null : `invariant 6: ${unfinished}`)
