import type { Frame } from '../scope.ts'
import type { Value } from '../syntax.ts'

/** A built-in function: from its arguments, of which any may be `undefined`. */
export interface Builtin {
  readonly least: number
  readonly most: number
  readonly call: (items: readonly Value[], frame: Frame) => Value
}

export type Builtins = Readonly<Record<string, Builtin>>

/** A function of so many arguments. */
export const takes = (
  count: number | readonly [least: number, most: number],
  call: Builtin['call'],
): Builtin => {
  const [least, most] = typeof count === 'number' ? [count, count] : count
  return { least, most, call }
}

/** A function of one number; `undefined` for what is none. */
export const ofNumber = (operate: (value: number) => number): Builtin =>
  takes(1, ([value]) => (typeof value === 'number' ? finiteOr(operate(value)) : undefined))

/** A function of one text; `undefined` for what is none. */
export const ofText = (operate: (value: string) => Value): Builtin =>
  takes(1, ([value]) => (typeof value === 'string' ? operate(value) : undefined))

/** JSON has no infinities and no NaN. */
export const finiteOr = (value: number): number | undefined =>
  Number.isFinite(value) ? value : undefined

export const isWhole = (value: Value): value is number =>
  typeof value === 'number' && Number.isInteger(value)
