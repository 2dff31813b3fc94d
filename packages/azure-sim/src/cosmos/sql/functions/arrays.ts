import { SqlError } from '../sql-error.ts'
import type { Value } from '../syntax.ts'
import { canonicalText, sameValue, typeOf } from '../value.ts'
import type { Builtins } from './builtin.ts'
import { isWhole, takes } from './builtin.ts'

/** Whether an object has all that a pattern has, each property in turn in part. */
function containsInPart(value: Value, pattern: Value): boolean {
  if (typeOf(value) !== 'object' || typeOf(pattern) !== 'object') return sameValue(value, pattern)
  const whole = value as { [name: string]: Value }
  return Object.entries(pattern as { [name: string]: Value }).every(
    ([name, wanted]) => Object.hasOwn(whole, name) && containsInPart(whole[name], wanted),
  )
}

const has = (list: readonly Value[], value: Value): boolean =>
  list.some(item => sameValue(item, value))

const unique = (list: readonly Value[]): Value[] => [
  ...new Map(list.map(item => [canonicalText(item), item])).values(),
]

/** By their texts: two long lists would otherwise be compared item by item. */
function common(one: readonly Value[], other: readonly Value[]): Value[] {
  const known = new Set(other.map(canonicalText))
  return unique(one.filter(item => known.has(canonicalText(item))))
}

/** As many items as a document of 2 MB could have. */
const itemsMax = 1_000_000

function concatenated(items: readonly Value[]): Value {
  if (!items.every(item => Array.isArray(item))) return undefined
  if (items.reduce((sum, { length }) => sum + length, 0) <= itemsMax) return items.flat()
  throw new SqlError('ARRAY_CONCAT makes an array that is too long for this simulator.')
}

function slice([list, from, count]: readonly Value[]): Value {
  if (!Array.isArray(list) || !isWhole(from)) return undefined
  if (count !== undefined && !isWhole(count)) return undefined
  const start = from < 0 ? Math.max(0, list.length + from) : from
  const end = count === undefined ? list.length : start + Math.max(0, count)
  return list.slice(start, end)
}

/** Microsoft: "Array functions", "Item functions". */
export const arrayFunctions: Builtins = {
  ARRAY_CONCAT: takes([2, 200], concatenated),
  ARRAY_CONTAINS: takes([2, 3], ([list, value, partly = false]) => {
    if (!Array.isArray(list) || value === undefined) return undefined
    return list.some(item =>
      partly === true ? containsInPart(item, value) : sameValue(item, value),
    )
  }),
  ARRAY_CONTAINS_ALL: takes([2, 200], ([list, ...wanted]) =>
    Array.isArray(list) ? wanted.every(value => has(list, value)) : undefined,
  ),
  ARRAY_CONTAINS_ANY: takes([2, 200], ([list, ...wanted]) =>
    Array.isArray(list) ? wanted.some(value => has(list, value)) : undefined,
  ),
  ARRAY_LENGTH: takes(1, ([list]) => (Array.isArray(list) ? list.length : undefined)),
  ARRAY_SLICE: takes([2, 3], slice),
  CHOOSE: takes([2, 200], ([at, ...items]) => (isWhole(at) && at >= 1 ? items[at - 1] : undefined)),
  OBJECTTOARRAY: takes([1, 3], ([value, name = 'k', content = 'v']) =>
    typeOf(value) === 'object' && typeof name === 'string' && typeof content === 'string'
      ? Object.entries(value as object).map(([key, item]) => ({ [name]: key, [content]: item }))
      : undefined,
  ),
  SETINTERSECT: takes(2, ([one, other]) =>
    Array.isArray(one) && Array.isArray(other) ? common(one, other) : undefined,
  ),
  SETUNION: takes(2, ([one, other]) =>
    Array.isArray(one) && Array.isArray(other) ? unique([...one, ...other]) : undefined,
  ),
  DOCUMENTID: takes(1, ([document]) => documentNumber(document)),
}

/** The number within a document's `_rid`: bytes 8 to 15, lowest first. */
function documentNumber(document: Value): Value {
  if (typeOf(document) !== 'object') return undefined
  const { _rid: rid } = document as { _rid?: Value }
  if (typeof rid !== 'string') return undefined
  const bytes = Buffer.from(rid.replaceAll('-', '/'), 'base64')
  return bytes.length < 16 ? undefined : Number(bytes.readBigUInt64LE(8))
}
