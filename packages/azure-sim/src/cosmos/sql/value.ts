import type { Value } from './syntax.ts'

/** The order of types in ORDER BY, MIN and MAX (Microsoft: "ORDER BY clause", "MAX"). */
const ranks = { undefined: 0, null: 1, boolean: 2, number: 3, string: 4, array: 5, object: 6 }

export type TypeName = keyof typeof ranks

export function typeOf(value: Value): TypeName {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  return typeof value as TypeName
}

/** Whether two values are the same JSON; the order of properties says nothing. */
export function sameValue(a: Value, b: Value): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a)) {
    if (!Array.isArray(b) || a.length !== b.length) return false
    return a.every((item, at) => sameValue(item, b[at]))
  }
  if (Array.isArray(b)) return false
  const names = Object.keys(a)
  if (names.length !== Object.keys(b).length) return false
  return names.every(name => Object.hasOwn(b, name) && sameValue(a[name], b[name]))
}

const ordered = (a: boolean | number | string, b: boolean | number | string): number =>
  a < b ? -1 : a > b ? 1 : 0

/** As ORDER BY has it: first by type, then by value. Arrays and objects are not told apart. */
export function compareValues(a: Value, b: Value): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b
  const byType = ranks[typeOf(a)] - ranks[typeOf(b)]
  if (byType !== 0 || a === null || a === undefined || typeof a === 'object') return byType
  return ordered(a, b as typeof a)
}

/** `<` and its like: `undefined` where the two are of different types, or of a type without order. */
export function comparison(a: Value, b: Value): number | undefined {
  if (typeof a === 'number' && typeof b === 'number') return a - b
  if (a === null && b === null) return 0
  if (a === null || a === undefined || typeof a === 'object' || typeof a !== typeof b)
    return undefined
  return ordered(a, b as typeof a)
}

/** One text for each value, the same for what {@link sameValue} calls the same. */
export function canonicalText(value: Value): string {
  if (value === undefined) return 'undefined'
  if (typeof value !== 'object' || value === null) {
    return JSON.stringify(Object.is(value, -0) ? 0 : value)
  }
  if (Array.isArray(value)) return `[${value.map(canonicalText).join(',')}]`
  const names = Object.keys(value).sort()
  return `{${names.map(name => `${JSON.stringify(name)}:${canonicalText(value[name])}`).join(',')}}`
}
