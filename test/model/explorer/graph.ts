import { Numbers } from './numbers.ts'

/** The fault-free edges of what was explored, to ask from where an end is reached. */
export class Graph {
  readonly #from = new Numbers()
  readonly #to = new Numbers()

  get edges(): number {
    return this.#from.length
  }

  add(from: number, to: number): void {
    this.#from.push(from)
    this.#to.push(to)
  }

  /** For each of `count` nodes whether one of `ends` is reached from it: backward, breadth first. */
  reaching(ends: Numbers, count: number): Uint8Array {
    const { first, sources } = this.#backward(count)
    const reaches = new Uint8Array(count)
    const queue = new Numbers()
    const mark = (node: number): void => {
      if (reaches[node] === 1) return
      reaches[node] = 1
      queue.push(node)
    }
    for (let end = 0; end < ends.length; end += 1) mark(ends.at(end))
    for (let next = 0; next < queue.length; next += 1) {
      const node = queue.at(next)
      const last = first[node + 1] ?? 0
      for (let edge = first[node] ?? 0; edge < last; edge += 1) mark(sources[edge] ?? 0)
    }
    return reaches
  }

  /** Sources by target, in one flat array: where each target's begin, and all of them. */
  #backward(count: number): { first: Int32Array; sources: Int32Array } {
    const first = new Int32Array(count + 1)
    for (let edge = 0; edge < this.edges; edge += 1) {
      const target = this.#to.at(edge) + 1
      first[target] = (first[target] ?? 0) + 1
    }
    for (let node = 0; node < count; node += 1) {
      first[node + 1] = (first[node + 1] ?? 0) + (first[node] ?? 0)
    }
    const sources = new Int32Array(this.edges)
    const next = first.slice()
    for (let edge = 0; edge < this.edges; edge += 1) {
      const target = this.#to.at(edge)
      const place = next[target] ?? 0
      sources[place] = this.#from.at(edge)
      next[target] = place + 1
    }
    return { first, sources }
  }
}
