import { SqlError } from './sql-error.ts'
import type { Expression, Select } from './syntax.ts'

/** The property names of an ORDER BY item, from the document on. */
export type OrderPath = readonly string[]

/**
 * What a query is ordered by, as paths of the document.
 *
 * @throws SqlError 2206 for anything else: the service orders by its index alone
 */
export function orderPaths({ orderBy, sources }: Select): OrderPath[] {
  const [first] = sources
  const name =
    first === undefined || first.iterates || first.origin.kind === 'subquery'
      ? undefined
      : (first.alias ?? lastName(first.origin.expression))
  const prefix =
    first?.origin.kind === 'path' ? pathOf(first.origin.expression)?.slice(1) : undefined
  return orderBy.map(({ expression }) => {
    const [root, ...path] = pathOf(expression) ?? []
    if (root === undefined || root !== name || path.length === 0) throw unmapped()
    return [...(prefix ?? []), ...path]
  })
}

const lastName = (path: Expression): string | undefined => pathOf(path)?.at(-1)

/** The names of `c.a["b"][0]`, or `undefined` for an expression that is no path. */
export function pathOf(expression: Expression): string[] | undefined {
  switch (expression.kind) {
    case 'name':
      return [expression.name]
    case 'member': {
      const of = pathOf(expression.of)
      return of && [...of, expression.name]
    }
    case 'index': {
      const { of, index } = expression
      const path = pathOf(of)
      return index.kind === 'literal' && path ? [...path, String(index.value)] : undefined
    }
    default:
      return undefined
  }
}

const unmapped = (): SqlError =>
  new SqlError(
    'Unsupported ORDER BY clause. ORDER BY item expression could not be mapped to a document path.',
    2206,
  )
