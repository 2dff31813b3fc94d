import type { Value } from '../syntax.ts'
import type { Builtin, Builtins } from './builtin.ts'
import { finiteOr, isWhole, ofNumber, takes } from './builtin.ts'

const ofNumbers = (operate: (a: number, b: number) => number): Builtin =>
  takes(2, ([a, b]) =>
    typeof a === 'number' && typeof b === 'number' ? finiteOr(operate(a, b)) : undefined,
  )

/** On 64-bit integers, which wrap around. */
const ofIntegers = (operate: (a: bigint, b: bigint) => bigint): Builtin =>
  takes(2, ([a, b]) => {
    if (!isWhole(a) || !isWhole(b)) return undefined
    try {
      return Number(BigInt.asIntN(64, operate(BigInt(a), BigInt(b))))
    } catch {
      return undefined // Division by zero, or a shift by less than nothing.
    }
  })

/** Halves go away from zero, as the service rounds; `digits` may be negative. */
function round(value: number, digits: number): number {
  const factor = 10 ** digits
  const scaled = Math.abs(value) * factor
  return (Math.sign(value) * Math.round(scaled)) / factor
}

const numberBin = ([value, size = 1]: readonly Value[]): Value =>
  typeof value === 'number' && typeof size === 'number' && size !== 0
    ? finiteOr(Math.floor(value / size) * size)
    : undefined

/** Microsoft: "Mathematical functions". */
export const mathFunctions: Builtins = {
  ABS: ofNumber(Math.abs),
  ACOS: ofNumber(Math.acos),
  ASIN: ofNumber(Math.asin),
  ATAN: ofNumber(Math.atan),
  ATN2: ofNumbers(Math.atan2),
  CEILING: ofNumber(Math.ceil),
  COS: ofNumber(Math.cos),
  COT: ofNumber(value => 1 / Math.tan(value)),
  DEGREES: ofNumber(value => (value * 180) / Math.PI),
  EXP: ofNumber(Math.exp),
  FLOOR: ofNumber(Math.floor),
  LOG: takes([1, 2], ([value, base]) => {
    if (typeof value !== 'number') return undefined
    if (base === undefined) return finiteOr(Math.log(value))
    return typeof base === 'number' ? finiteOr(Math.log(value) / Math.log(base)) : undefined
  }),
  LOG10: ofNumber(Math.log10),
  NUMBERBIN: takes([1, 2], numberBin),
  PI: takes(0, () => Math.PI),
  POWER: ofNumbers((base, exponent) => base ** exponent),
  RADIANS: ofNumber(value => (value * Math.PI) / 180),
  RAND: takes(0, (_, frame) => frame.random()),
  ROUND: takes([1, 2], ([value, digits = 0]) =>
    typeof value === 'number' && isWhole(digits) ? finiteOr(round(value, digits)) : undefined,
  ),
  SIGN: ofNumber(Math.sign),
  SIN: ofNumber(Math.sin),
  SQRT: ofNumber(Math.sqrt),
  SQUARE: ofNumber(value => value * value),
  TAN: ofNumber(Math.tan),
  TRUNC: ofNumber(Math.trunc),
  INTADD: ofIntegers((a, b) => a + b),
  INTSUB: ofIntegers((a, b) => a - b),
  INTMUL: ofIntegers((a, b) => a * b),
  INTDIV: ofIntegers((a, b) => a / b),
  INTMOD: ofIntegers((a, b) => a % b),
  INTBITAND: ofIntegers((a, b) => a & b),
  INTBITOR: ofIntegers((a, b) => a | b),
  INTBITXOR: ofIntegers((a, b) => a ^ b),
  INTBITLEFTSHIFT: ofIntegers((a, b) => a << BigInt.asUintN(6, b)),
  INTBITRIGHTSHIFT: ofIntegers((a, b) => a >> BigInt.asUintN(6, b)),
  INTBITNOT: takes(1, ([value]) => (isWhole(value) ? Number(~BigInt(value)) : undefined)),
}
