import { SqlError } from './sql-error.ts'
import type { BinaryOperator, Value } from './syntax.ts'
import { comparison, sameValue } from './value.ts'

/*
 * What operators make of two values. Whatever they cannot be applied to gives `undefined`.
 * Source: Microsoft.Azure.Cosmos.Tests, OfflineEngine/ScalarExpressionEvaluator.cs, which is the
 * service's own model of itself.
 */

export function logicalAnd(left: Value, right: Value): Value {
  if (left === false || right === false) return false
  return left === true && right === true ? true : undefined
}

export function logicalOr(left: Value, right: Value): Value {
  if (left === true || right === true) return true
  return left === false && right === false ? false : undefined
}

export function equal(left: Value, right: Value): boolean | undefined {
  if (left === undefined || right === undefined) return undefined
  return sameValue(left, right)
}

export const negated = (value: boolean | undefined): boolean | undefined =>
  value === undefined ? undefined : !value

/** A number that JSON can hold, or `undefined`. */
export const finite = (value: number): number | undefined =>
  Number.isFinite(value) ? value : undefined

const compared =
  (holds: (order: number) => boolean) =>
  (left: Value, right: Value): Value => {
    const order = comparison(left, right)
    return order === undefined ? undefined : holds(order)
  }

const computed =
  (operate: (a: number, b: number) => number) =>
  (left: Value, right: Value): Value =>
    typeof left === 'number' && typeof right === 'number' ? finite(operate(left, right)) : undefined

/** What an answer of the service can hold: 4 MB ("Azure Cosmos DB service quotas"). */
const textMax = 4 * 1024 * 1024

type Operate = (left: Value, right: Value) => Value

export const binaryOperators: Readonly<Record<BinaryOperator, Operate>> = {
  AND: logicalAnd,
  OR: logicalOr,
  '??': (left, right) => (left === undefined ? right : left),
  '||': (left, right) => {
    if (typeof left !== 'string' || typeof right !== 'string') return undefined
    if (left.length + right.length <= textMax) return left + right
    throw new SqlError('|| makes a text that is too long for this simulator.')
  },
  '=': equal,
  '!=': (left, right) => negated(equal(left, right)),
  '<': compared(order => order < 0),
  '<=': compared(order => order <= 0),
  '>': compared(order => order > 0),
  '>=': compared(order => order >= 0),
  '+': computed((a, b) => a + b),
  '-': computed((a, b) => a - b),
  '*': computed((a, b) => a * b),
  '/': computed((a, b) => a / b),
  '%': computed((a, b) => a % b),
  '&': computed((a, b) => a & b),
  '|': computed((a, b) => a | b),
  '^': computed((a, b) => a ^ b),
  '<<': computed((a, b) => a << b),
  '>>': computed((a, b) => a >> b),
  '>>>': computed((a, b) => a >>> b),
}

/** Whether a list has a value; `undefined` where the value is. */
export function among(value: Value, list: readonly Value[]): boolean | undefined {
  if (value === undefined) return undefined
  return list.some(item => item !== undefined && sameValue(value, item))
}

export function memberOf(of: Value, name: string): Value {
  if (typeof of !== 'object' || of === null || Array.isArray(of)) return undefined
  return Object.hasOwn(of, name) ? of[name] : undefined
}

export function indexInto(of: Value, index: Value): Value {
  if (typeof index === 'string') return memberOf(of, index)
  return Array.isArray(of) && typeof index === 'number' ? of[index] : undefined
}
