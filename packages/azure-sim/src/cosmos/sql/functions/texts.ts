import { parseJson } from '../../json.ts'
import { SqlError } from '../sql-error.ts'
import type { Value } from '../syntax.ts'
import { typeOf } from '../value.ts'
import type { Builtin, Builtins } from './builtin.ts'
import { isWhole, ofText, takes } from './builtin.ts'
import { matches } from './regular.ts'

/** Two texts, and whether their case says nothing. */
const matching = (holds: (text: string, part: string) => boolean): Builtin =>
  takes([2, 3], ([text, part, ignoreCase = false]) => {
    if (typeof text !== 'string' || typeof part !== 'string') return undefined
    if (ignoreCase === true) return holds(text.toLowerCase(), part.toLowerCase())
    return ignoreCase === false ? holds(text, part) : undefined
  })

const cut = (take: (text: string, count: number) => string): Builtin =>
  takes(2, ([text, count]) =>
    typeof text === 'string' && isWhole(count) ? take(text, Math.max(0, count)) : undefined,
  )

/** Only what JSON calls a value of this type. */
const parsed = (type: string): Builtin =>
  ofText(text => {
    const value = parseJson(text.trim()) as Value
    return typeOf(value) === type ? value : undefined
  })

/** Longer texts than the service makes; REPLICATE answers `undefined` beyond it. */
const replicatedMax = 10_000

const shown = (value: Value): Value => {
  if (value === undefined) return undefined
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function regexMatch([text, pattern, modifiers = '']: readonly Value[]): Value {
  if (typeof text !== 'string' || typeof pattern !== 'string' || typeof modifiers !== 'string') {
    return undefined
  }
  if (!/^[imsx]*$/.test(modifiers)) return undefined
  const extended = modifiers.includes('x') ? pattern.replace(/\s+/g, '') : pattern
  const expression = expressionOf(extended, modifiers.replace('x', ''))
  return expression === undefined ? undefined : matches(expression, text)
}

function expressionOf(pattern: string, flags: string): RegExp | undefined {
  try {
    return new RegExp(pattern, flags)
  } catch {
    return undefined
  }
}

/** Character by character: an expression that ends in `+$` would take the square of a text's length. */
const trimmed = (ends: { readonly left: boolean; readonly right: boolean }): Builtin =>
  takes([1, 2], ([text, characters]) => {
    if (typeof text !== 'string') return undefined
    if (characters !== undefined && typeof characters !== 'string') return undefined
    const goes = (at: number): boolean => {
      const char = text.charAt(at)
      return characters === undefined ? /\s/.test(char) : characters.includes(char)
    }
    let start = 0
    let end = text.length
    while (ends.left && start < end && goes(start)) start++
    while (ends.right && end > start && goes(end - 1)) end--
    return text.slice(start, end)
  })

/** What an answer of the service can hold: 4 MB ("Azure Cosmos DB service quotas"). */
const joinedMax = 4 * 1024 * 1024

function joined(items: readonly Value[]): Value {
  if (!items.every(item => typeof item === 'string')) return undefined
  if (items.reduce((sum, { length }) => sum + length, 0) <= joinedMax) return items.join('')
  throw new SqlError('CONCAT makes a text that is too long for this simulator.')
}

/** Microsoft: "String functions". Positions count from 0. */
export const textFunctions: Builtins = {
  CONCAT: takes([2, 200], joined),
  CONTAINS: matching((text, part) => text.includes(part)),
  ENDSWITH: matching((text, part) => text.endsWith(part)),
  STARTSWITH: matching((text, part) => text.startsWith(part)),
  STRINGEQUALS: matching((text, part) => text === part),
  STRING_EQUALS: matching((text, part) => text === part),
  INDEX_OF: takes([2, 3], ([text, part, from = 0]) =>
    typeof text === 'string' && typeof part === 'string' && isWhole(from)
      ? text.indexOf(part, from)
      : undefined,
  ),
  LEFT: cut((text, count) => text.slice(0, count)),
  RIGHT: cut((text, count) => (count === 0 ? '' : text.slice(-count))),
  LENGTH: ofText(text => text.length),
  LOWER: ofText(text => text.toLowerCase()),
  UPPER: ofText(text => text.toUpperCase()),
  LTRIM: trimmed({ left: true, right: false }),
  RTRIM: trimmed({ left: false, right: true }),
  TRIM: trimmed({ left: true, right: true }),
  REGEXMATCH: takes([2, 3], regexMatch),
  REPLACE: takes(3, ([text, part, other]) =>
    typeof text === 'string' && typeof part === 'string' && typeof other === 'string'
      ? part === ''
        ? text
        : text.split(part).join(other)
      : undefined,
  ),
  REPLICATE: takes(2, ([text, count]) =>
    typeof text === 'string' && isWhole(count) && count >= 0 && text.length * count <= replicatedMax
      ? text.repeat(count)
      : undefined,
  ),
  REVERSE: ofText(text => [...text].reverse().join('')),
  STRINGTOARRAY: parsed('array'),
  STRINGTOBOOLEAN: parsed('boolean'),
  STRINGTONULL: parsed('null'),
  STRINGTONUMBER: parsed('number'),
  STRINGTOOBJECT: parsed('object'),
  SUBSTRING: takes(3, ([text, from, count]) =>
    typeof text === 'string' && isWhole(from) && isWhole(count)
      ? text.slice(Math.max(0, from), Math.max(0, from) + Math.max(0, count))
      : undefined,
  ),
  TOSTRING: takes(1, ([value]) => shown(value)),
}
