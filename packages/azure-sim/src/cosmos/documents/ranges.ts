/** One physical partition: a range of the container's hash space, from `min` up to before `max`. */
export interface PartitionRange {
  readonly id: string
  readonly min: string
  readonly max: string
  readonly parents: readonly string[]
}

/** The whole space, as the SDKs write it: from the empty text to `FF`. */
export const wholeSpace = { min: '', max: 'FF' } as const

/** Hashes of version 2 and of hierarchical keys begin below this; `FF` closes the space. */
const hashTop = 0x40

/** The physical partitions of one container, in the order of the hash space. */
export class Ranges {
  #ranges: PartitionRange[]
  #gone = new Set<string>()
  #next: number

  /** `count` partitions of equal width; one is what the service gives up to 10,000 RU/s. */
  constructor(count: number) {
    const bounds = Array.from({ length: count - 1 }, (_, at) =>
      hex(Math.round(((at + 1) * hashTop * 0x1000000) / count)),
    )
    const starts = [wholeSpace.min, ...bounds]
    this.#ranges = starts.map((min, at) => ({
      id: String(at),
      min,
      max: bounds[at] ?? wholeSpace.max,
      parents: [],
    }))
    this.#next = count
  }

  get all(): readonly PartitionRange[] {
    return this.#ranges
  }

  byId(id: string): PartitionRange | undefined {
    return this.#ranges.find(range => range.id === id)
  }

  /** Whether a partition of this id was there once and has been split. */
  isGone(id: string): boolean {
    return this.#gone.has(id)
  }

  of(epk: string): PartitionRange {
    const found = this.#ranges.find(({ min, max }) => min <= epk && epk < max)
    return found ?? { id: '0', ...wholeSpace, parents: [] }
  }

  /** Splits one partition in two, as the service does when it grows; its id is gone from then on. */
  split(id: string): boolean {
    const at = this.#ranges.findIndex(range => range.id === id)
    const range = this.#ranges[at]
    if (range === undefined) return false
    const low = parse(range.min, 0)
    const high = parse(range.max === wholeSpace.max ? '' : range.max, hashTop * 0x1000000)
    const middle = hex(Math.floor((low + high) / 2))
    if (middle <= range.min || middle >= range.max) return false
    const parents = [...range.parents, id]
    const children = [
      { id: String(this.#next++), min: range.min, max: middle, parents },
      { id: String(this.#next++), min: middle, max: range.max, parents },
    ]
    this.#ranges.splice(at, 1, ...children)
    this.#gone.add(id)
    return true
  }
}

/** Bounds are told by their first four bytes. */
const hex = (value: number): string => value.toString(16).padStart(8, '0').toUpperCase()
const parse = (bound: string, empty: number): number =>
  bound === '' ? empty : Number.parseInt(bound.slice(0, 8).padEnd(8, '0'), 16)
