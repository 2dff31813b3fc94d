import { Numbers } from './numbers.ts'

/** Codes are bits of two words. */
const wordBits = 31
const namesMax = 2 * wordBits

/**
 * Which two faults befell one path, and nothing else: over every way that was explored, since what
 * befell any way to a state is followed by all that may befall it from there.
 */
export class Befallen {
  readonly #names: string[] = []
  readonly #codes = new Map<string, number>()
  readonly #from = new Numbers()
  readonly #to = new Numbers()
  /** Of each edge: the fault's number from 1 on, or 0. */
  readonly #fault = new Numbers()

  get faults(): readonly string[] {
    return this.#names
  }

  add(from: number, to: number, fault: string | null): void {
    this.#from.push(from)
    this.#to.push(to)
    this.#fault.push(fault === null ? 0 : this.#codeOf(fault))
  }

  /**
   * Each two different faults that a path met, as `a + b` in the alphabet's order.
   * @param fewest how many faults are needed to get to each state
   */
  pairs(fewest: Numbers): ReadonlySet<string> {
    const low = new Int32Array(fewest.length)
    const high = new Int32Array(fewest.length)
    for (let moved = true; moved; ) moved = this.#spread(fewest, low, high)
    const before = this.#names.map(() => ({ low: 0, high: 0 }))
    for (let edge = 0; edge < this.#fault.length; edge += 1) {
      const seen = before[this.#fault.at(edge) - 1]
      const from = this.#from.at(edge)
      if (!seen) continue
      seen.low |= low[from] ?? 0
      seen.high |= high[from] ?? 0
    }
    const pairs = this.#names.flatMap((name, code) =>
      this.#names
        .filter((other, at) => other !== name && has(before[code], at))
        .map(other => [name, other].sort().join(' + ')),
    )
    return new Set(pairs)
  }

  /** One fault each, along every edge once; whether anything was new. */
  #spread(fewest: Numbers, low: Int32Array, high: Int32Array): boolean {
    let moved = false
    for (let edge = 0; edge < this.#fault.length; edge += 1) {
      const [from, to, code] = [this.#from.at(edge), this.#to.at(edge), this.#fault.at(edge) - 1]
      const known = { low: low[to] ?? 0, high: high[to] ?? 0 }
      const found = { ...known }
      if (code < 0) {
        found.low |= low[from] ?? 0
        found.high |= high[from] ?? 0
      } else if (fewest.at(from) === 0) {
        if (code < wordBits) found.low |= 1 << code
        else found.high |= 1 << (code - wordBits)
      }
      if (found.low === known.low && found.high === known.high) continue
      low[to] = found.low
      high[to] = found.high
      moved = true
    }
    return moved
  }

  #codeOf(fault: string): number {
    const known = this.#codes.get(fault)
    if (known !== undefined) return known
    if (this.#names.length === namesMax) throw new RangeError(`more than ${namesMax} faults`)
    this.#names.push(fault)
    this.#codes.set(fault, this.#names.length)
    return this.#names.length
  }
}

const has = (words: { low: number; high: number } | undefined, code: number): boolean =>
  words !== undefined &&
  (code < wordBits ? words.low & (1 << code) : words.high & (1 << (code - wordBits))) !== 0
