import type { Value } from '../syntax.ts'
import { typeOf } from '../value.ts'
import type { Builtin, Builtins } from './builtin.ts'
import { takes } from './builtin.ts'

const test = (holds: (value: Value) => boolean): Builtin => takes(1, ([value]) => holds(value))

const isOf = (...types: readonly string[]): Builtin => test(value => types.includes(typeOf(value)))

const integerMax = 2 ** 63

/** Microsoft: "Type checking functions". */
export const typeFunctions: Builtins = {
  IS_ARRAY: isOf('array'),
  IS_BOOL: isOf('boolean'),
  IS_DEFINED: test(value => value !== undefined),
  IS_NULL: isOf('null'),
  IS_NUMBER: isOf('number'),
  IS_OBJECT: isOf('object'),
  IS_STRING: isOf('string'),
  IS_PRIMITIVE: isOf('string', 'boolean', 'number', 'null'),
  IS_FINITE_NUMBER: test(value => typeof value === 'number' && Number.isFinite(value)),
  IS_INTEGER: test(value => Number.isInteger(value) && Math.abs(value as number) < integerMax),
  IIF: takes(3, ([condition, then, otherwise]) => (condition === true ? then : otherwise)),
}
