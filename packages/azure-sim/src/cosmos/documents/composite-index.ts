import { badRequest } from '../errors.ts'
import { isObject, type Json } from '../json.ts'
import { orderPaths } from '../sql/check-order.ts'
import type { Select } from '../sql/syntax.ts'

/**
 * To sort by several properties the service needs a composite index of exactly these, in this order,
 * with these directions or all of them turned around.
 * Source: Microsoft, "Indexing policies", composite indexes for ORDER BY.
 */
export function requireCompositeIndex(policy: Json | undefined, select: Select): void {
  const { orderBy } = select
  if (orderBy.length < 2) return
  const paths = orderPaths(select).map(pathText)
  const wanted = orderBy.map(({ direction }, at) => ({
    path: paths[at] ?? '',
    descending: direction === 'DESC',
  }))
  const indexes = isObject(policy) ? policy['compositeIndexes'] : undefined
  const known = Array.isArray(indexes) ? indexes.map(itemsOf) : []
  const serves = (items: readonly Item[]): boolean =>
    items.length === wanted.length &&
    [false, true].some(turned =>
      items.every(
        ({ path, descending }, at) =>
          path === wanted[at]?.path && descending === (wanted[at]?.descending !== turned),
      ),
    )
  if (known.some(serves)) return
  throw badRequest(
    'The order by query does not have a corresponding composite index that it can be served from.',
  )
}

interface Item {
  readonly path: string
  readonly descending: boolean
}

function itemsOf(index: Json): Item[] {
  const items = Array.isArray(index) ? index : []
  return items.map(item => ({
    path: isObject(item) ? pathText(namesOf(String(item['path']))) : '',
    descending: isObject(item) && String(item['order']).toLowerCase() === 'descending',
  }))
}

const pathText = (names: readonly string[]): string => JSON.stringify(names)

/** `/a/"b c"` as names; a closing `/?` says nothing. */
function namesOf(path: string): string[] {
  const parts = path.match(/"(?:[^"\\]|\\.)*"|[^/]+/g) ?? []
  return parts.filter(part => part !== '?').map(part => part.replace(/^"(.*)"$/, '$1'))
}
