import { pathOf } from './check-order.ts'
import type { Expression, Select, Value } from './syntax.ts'

/** A partition key's value as a query may name it; objects and arrays are none. */
type KeyValue = string | number | boolean | null

/**
 * The one partition key that a query is about, where its WHERE clause demands a value for each of
 * the paths, as in `c.customer = @customer AND …`; else `undefined`.
 */
export function pinnedKey(
  { where, sources }: Select,
  paths: readonly (readonly string[])[],
  parameters: ReadonlyMap<string, Value>,
): KeyValue[] | undefined {
  const [first] = sources
  if (where === undefined || first?.origin.kind !== 'path' || first.iterates) return undefined
  const { expression } = first.origin
  if (expression.kind !== 'name') return undefined
  const root = first.alias ?? expression.name
  const demanded = new Map<string, KeyValue>()
  for (const condition of conjuncts(where)) {
    const found = equation(condition, root, parameters)
    if (found !== undefined) demanded.set(JSON.stringify(found.path), found.value)
  }
  const key = paths.map(path => demanded.get(JSON.stringify(path)))
  return key.every(value => value !== undefined) ? key : undefined
}

function conjuncts(where: Expression): readonly Expression[] {
  if (where.kind !== 'binary' || where.operator !== 'AND') return [where]
  return [...conjuncts(where.left), ...conjuncts(where.right)]
}

function equation(
  condition: Expression,
  root: string,
  parameters: ReadonlyMap<string, Value>,
): { path: string[]; value: KeyValue } | undefined {
  if (condition.kind !== 'binary' || condition.operator !== '=') return undefined
  const { left, right } = condition
  for (const [one, other] of [
    [left, right],
    [right, left],
  ] as const) {
    const [name, ...path] = pathOf(one) ?? []
    const value = constantOf(other, parameters)
    if (name === root && path.length > 0 && value !== undefined) return { path, value }
  }
  return undefined
}

function constantOf(expression: Expression, parameters: ReadonlyMap<string, Value>) {
  const value =
    expression.kind === 'literal'
      ? expression.value
      : expression.kind === 'parameter'
        ? parameters.get(expression.name)
        : undefined
  return typeof value === 'object' && value !== null ? undefined : value
}
