import type { Json } from './schemas.ts'

/** One operation of a document: where it is written there, and what it may answer. */
export interface Operation {
  readonly file: string
  readonly path: string
  readonly method: string
  readonly id: string
  readonly responses: Record<string, Json>
}

/** Every operation that a document describes. */
export const operationsIn = (file: string, document: Json): readonly Operation[] =>
  Object.entries((document['paths'] ?? {}) as Record<string, Record<string, Json>>).flatMap(
    ([path, item]) =>
      Object.entries(item)
        .filter(([, operation]) => 'responses' in operation)
        .map(([method, operation]) => ({
          ...{ file, path, method },
          id: String(operation['operationId']),
          responses: operation['responses'] as Record<string, Json>,
        })),
  )

/**
 * The operation that a request calls. Literal segments match in any case, and the path with the
 * most of them wins: `/secrets/{name}/versions` before `/secrets/{name}/{version}`.
 */
export const findOperation = (
  operations: readonly Operation[],
  method: string,
  path: string,
): Operation | undefined =>
  operations
    .filter(operation => operation.method === method.toLowerCase())
    .map(operation => ({ operation, literals: literalsMatched(operation.path, path) }))
    .filter(({ literals }) => literals >= 0)
    .toSorted((a, b) => b.literals - a.literals)[0]?.operation

/** How many segments match to the letter; −1 where the path is another one. */
export const literalsMatched = (template: string, path: string): number => {
  const wanted = template.split('/')
  const given = path.split('/')
  // A version that is not named may leave its slash out.
  if (given.length === wanted.length - 1 && wanted.at(-1) === '{secret-version}') given.push('')
  if (wanted.length !== given.length) return -1
  let literals = 0
  for (const [at, part] of wanted.entries()) {
    const own = given[at] ?? ''
    if (part.startsWith('{')) {
      if (own === '' && part !== '{secret-version}') return -1
    } else if (part.toLowerCase() !== own.toLowerCase()) return -1
    else literals++
  }
  return literals
}
