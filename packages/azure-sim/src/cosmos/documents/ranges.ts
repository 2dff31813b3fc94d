/** One physical partition: a range of the container's hash space, from `min` up to before `max`. */
export interface PartitionRange {
  readonly id: string
  readonly min: string
  readonly max: string
  readonly parents: readonly string[]
}

/** The whole space, as the SDKs write it: from the empty text to `FF`. */
export const wholeSpace = { min: '', max: 'FF' } as const

/** Where the hash space's points lie, told as numbers from 0 to 2^32, in the hex of its keys. */
export type BoundOf = (point: number) => string

const spaceEnd = 2 ** 32

interface Piece extends PartitionRange {
  readonly low: number
  readonly high: number
}

/** The physical partitions of one container, in the order of the hash space. */
export class Ranges {
  readonly #pieces: Piece[] = []
  readonly #gone = new Set<string>()
  readonly #boundOf: BoundOf
  #next = 0

  /** `count` partitions of equal width; one is what the service gives up to 10,000 RU/s. */
  constructor(count: number, boundOf: BoundOf) {
    this.#boundOf = boundOf
    for (let at = 0; at < count; at++) {
      const low = Math.round((at * spaceEnd) / count)
      const high = Math.round(((at + 1) * spaceEnd) / count)
      this.#pieces.push(this.#piece(low, high, []))
    }
  }

  get all(): readonly PartitionRange[] {
    return this.#pieces
  }

  byId(id: string): PartitionRange | undefined {
    return this.#pieces.find(piece => piece.id === id)
  }

  /** Whether a partition of this id was there once and has been split. */
  isGone(id: string): boolean {
    return this.#gone.has(id)
  }

  of(epk: string): PartitionRange {
    const found = this.#pieces.find(({ min, max }) => min <= epk && epk < max)
    return found ?? { id: '0', ...wholeSpace, parents: [] }
  }

  /** Splits one partition in two, as the service does when it grows; its id is gone from then on. */
  split(id: string): boolean {
    const at = this.#pieces.findIndex(piece => piece.id === id)
    const piece = this.#pieces[at]
    if (piece === undefined || piece.high - piece.low < 2) return false
    const middle = Math.floor((piece.low + piece.high) / 2)
    const parents = [...piece.parents, id]
    const children = [
      this.#piece(piece.low, middle, parents),
      this.#piece(middle, piece.high, parents),
    ]
    this.#pieces.splice(at, 1, ...children)
    this.#gone.add(id)
    return true
  }

  #piece(low: number, high: number, parents: readonly string[]): Piece {
    const min = low === 0 ? wholeSpace.min : this.#boundOf(low)
    const max = high === spaceEnd ? wholeSpace.max : this.#boundOf(high)
    return { id: String(this.#next++), min, max, parents, low, high }
  }
}
