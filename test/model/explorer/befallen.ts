import { Numbers } from './numbers.ts'

/** Codes are bits of two words. */
const namesMax = 62
const wordBits = 31

/**
 * Which faults may lie on a way to each state, over every way that was explored. States with equal
 * keys have equal futures: what befell either way to one of them is followed by all that may
 * befall it from there.
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

  /** Each two different faults of which one follows the other on some way, as `a + b`. */
  pairs(states: number): ReadonlySet<string> {
    const low = new Int32Array(states)
    const high = new Int32Array(states)
    let moved = true
    while (moved) moved = this.#spread(low, high)
    const pairs = new Set<string>()
    const known = new Map<number, { low: number; high: number }>()
    for (let edge = 0; edge < this.#fault.length; edge += 1) {
      const code = this.#fault.at(edge)
      if (code === 0) continue
      const from = this.#from.at(edge)
      const all = known.get(code) ?? { low: 0, high: 0 }
      known.set(code, {
        low: all.low | (low[from] ?? 0),
        high: all.high | (high[from] ?? 0),
      })
    }
    for (const [code, { low, high }] of known) {
      for (const [index, other] of this.#names.entries()) {
        const isThere = index < wordBits ? low & (1 << index) : high & (1 << (index - wordBits))
        const fault = this.#names[code - 1]
        if (isThere && fault !== undefined && fault !== other) {
          pairs.add([fault, other].sort().join(' + '))
        }
      }
    }
    return pairs
  }

  /** Along every edge once; whether anything was new. */
  #spread(low: Int32Array, high: Int32Array): boolean {
    let moved = false
    for (let edge = 0; edge < this.#fault.length; edge += 1) {
      const [from, to, bit] = [this.#from.at(edge), this.#to.at(edge), this.#fault.at(edge) - 1]
      const oldLow = low[to] ?? 0
      const oldHigh = high[to] ?? 0
      const own = bit < 0 ? 0 : 1 << (bit % wordBits)
      const newLow = oldLow | (low[from] ?? 0) | (bit < wordBits ? own : 0)
      const newHigh = oldHigh | (high[from] ?? 0) | (bit >= wordBits ? own : 0)
      if (newLow === oldLow && newHigh === oldHigh) continue
      low[to] = newLow
      high[to] = newHigh
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
