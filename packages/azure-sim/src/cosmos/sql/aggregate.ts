import type { Value } from './syntax.ts'
import { canonicalText, compareValues } from './value.ts'

/** Takes the values of one group one by one. */
export interface Accumulator {
  add(value: Value): void
  result(): Value
}

/** As the SDKs name them in query plans. */
export type AggregateKind =
  | 'Count'
  | 'CountIf'
  | 'Sum'
  | 'Average'
  | 'Min'
  | 'Max'
  | 'MakeList'
  | 'MakeSet'

const kinds: Readonly<Record<string, AggregateKind>> = {
  COUNT: 'Count',
  COUNTIF: 'CountIf',
  SUM: 'Sum',
  AVG: 'Average',
  MIN: 'Min',
  MAX: 'Max',
  MAKELIST: 'MakeList',
  MAKESET: 'MakeSet',
}

export const aggregateKind = (name: string): AggregateKind | undefined =>
  Object.hasOwn(kinds, name) ? kinds[name] : undefined

function counting(counts: (value: Value) => boolean): Accumulator {
  let count = 0
  return {
    add: value => {
      if (counts(value)) count++
    },
    result: () => count,
  }
}

/** A value that is no number spoils the whole; nothing at all sums to 0. */
function summing(finish: (sum: number, count: number) => Value): Accumulator {
  let sum = 0
  let count = 0
  let spoilt = false
  return {
    add: value => {
      if (typeof value === 'number') {
        sum += value
        count++
      } else if (value !== undefined) spoilt = true
    },
    result: () => (spoilt ? undefined : finish(sum, count)),
  }
}

/** In the order null, booleans, numbers, texts; arrays and objects spoil the whole. */
function extreme(sign: 1 | -1): Accumulator {
  let best: Value
  let spoilt = false
  return {
    add: value => {
      if (typeof value === 'object' && value !== null) spoilt = true
      else if (value === undefined) return
      else if (best === undefined || compareValues(value, best) * sign > 0) best = value
    },
    result: () => (spoilt ? undefined : best),
  }
}

function listing(once: boolean): Accumulator {
  const seen = new Set<string>()
  const list: Value[] = []
  return {
    add: value => {
      if (value === undefined) return
      const text = once ? canonicalText(value) : ''
      if (once && seen.has(text)) return
      seen.add(text)
      list.push(value)
    },
    result: () => list,
  }
}

/** Microsoft: "Aggregate functions": what each does with what it is not made for. */
export function accumulator(kind: AggregateKind): Accumulator {
  switch (kind) {
    case 'Count':
      return counting(value => value !== undefined)
    case 'CountIf':
      return counting(value => value === true)
    case 'Sum':
      return summing(sum => sum)
    case 'Average':
      return summing((sum, count) => (count === 0 ? undefined : sum / count))
    case 'Min':
      return extreme(-1)
    case 'Max':
      return extreme(1)
    case 'MakeList':
      return listing(false)
    case 'MakeSet':
      return listing(true)
  }
}
