import type { House, Violation } from './house.ts'
import { isRelative, placeOf, resolved } from './paths.ts'

type Graph = ReadonlyMap<string, readonly string[]>

/**
 * Files of one package that import each other in a circle, types included: such files can only
 * be understood together. Each circle is told once, from its first file in the alphabet.
 */
export const cycles = (house: House): readonly Violation[] => {
  const graph = graphOf(house)
  const found = new Map<string, Violation>()
  for (const start of graph.keys()) {
    const circle = shortestWayBack(graph, start)
    if (circle === undefined) continue
    const key = [...circle].sort().join(' ')
    if (!found.has(key)) found.set(key, [...circle, start].join(' → '))
  }
  return [...found.values()]
}

const graphOf = (house: House): Graph =>
  new Map(
    house.sources
      .filter(({ path }) => placeOf(path)?.ships)
      .map(source => {
        const targets = source.imports.flatMap(({ specifier }) =>
          specifier !== null && isRelative(specifier) ? [resolved(source, specifier)] : [],
        )
        return [source.path, targets]
      }),
  )

/** Breadth first: the files on the shortest circle through `start`. */
const shortestWayBack = (graph: Graph, start: string): readonly string[] | undefined => {
  const cameFrom = new Map<string, string>()
  const queue = [start]
  for (const at of queue) {
    for (const next of graph.get(at) ?? []) {
      if (next === start) return trail(cameFrom, at)
      if (cameFrom.has(next)) continue
      cameFrom.set(next, at)
      queue.push(next)
    }
  }
  return undefined
}

const trail = (cameFrom: ReadonlyMap<string, string>, end: string): readonly string[] => {
  const path = [end]
  for (let at = cameFrom.get(end); at !== undefined; at = cameFrom.get(at)) path.unshift(at)
  return path
}
