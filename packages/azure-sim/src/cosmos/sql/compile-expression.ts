import { callOf } from './functions/registry.ts'
import { likeMatcher } from './like.ts'
import {
  among,
  binaryOperators,
  indexInto,
  logicalAnd,
  logicalOr,
  memberOf,
  negated,
} from './operators.ts'
import type { Evaluate, Scope } from './scope.ts'
import { SqlError } from './sql-error.ts'
import type { Expression, Property, Select, SubqueryForm, Value } from './syntax.ts'

/** What an expression's compiler is given by the query that it stands in. */
export interface Surroundings {
  readonly scope: Scope
  /** Compiles a subquery that may use the names of `scope`. */
  subquery(select: Select, scope: Scope): Subquery
  /** What an aggregate function comes to, or `undefined` where it is none. */
  aggregate?(call: Expression & { kind: 'call' }): Evaluate | undefined
}

/** All results of a subquery for the frame at hand, in order. */
export type Subquery = (frame: Parameters<Evaluate>[0]) => Value[]

type Of<Kind extends Expression['kind']> = Expression & { readonly kind: Kind }

/** Turns an expression into a function of the frame. */
export function compile(expression: Expression, around: Surroundings): Evaluate {
  switch (expression.kind) {
    case 'literal': {
      const { value } = expression
      return () => value
    }
    case 'parameter':
      return parameter(expression)
    case 'name': {
      const slot = around.scope.slotOf(expression.name, expression)
      return ({ slots }) => slots[slot]
    }
    case 'member': {
      const of = compile(expression.of, around)
      const { name } = expression
      return frame => memberOf(of(frame), name)
    }
    case 'index': {
      const of = compile(expression.of, around)
      const index = compile(expression.index, around)
      return frame => indexInto(of(frame), index(frame))
    }
    case 'unary':
      return unary(expression, around)
    case 'binary':
      return binary(expression, around)
    case 'between':
      return between(expression, around)
    case 'in':
      return membership(expression, around)
    case 'like':
      return like(expression, around)
    case 'conditional':
      return conditional(expression, around)
    case 'array':
      return array(expression.items, around)
    case 'object':
      return object(expression.properties, around)
    case 'call':
      return around.aggregate?.(expression) ?? callOf(expression, each(expression.items, around))
    case 'subquery':
      return subquery(expression.form, around.subquery(expression.select, around.scope))
  }
}

export const each = (expressions: readonly Expression[], around: Surroundings): Evaluate[] =>
  expressions.map(expression => compile(expression, around))

function parameter({ name }: Of<'parameter'>): Evaluate {
  return ({ parameters }) => {
    if (parameters.has(name)) return parameters.get(name)
    throw new SqlError(`The query parameter '${name}' has no value.`)
  }
}

function unary({ operator, operand }: Of<'unary'>, around: Surroundings): Evaluate {
  const value = compile(operand, around)
  if (operator === 'NOT') {
    return frame => {
      const given = value(frame)
      return typeof given === 'boolean' ? !given : undefined
    }
  }
  const operate = { '-': (n: number) => -n, '+': (n: number) => n, '~': (n: number) => ~n }[
    operator
  ]
  return frame => {
    const given = value(frame)
    return typeof given === 'number' ? operate(given) : undefined
  }
}

function binary({ operator, left, right }: Of<'binary'>, around: Surroundings): Evaluate {
  const one = compile(left, around)
  const other = compile(right, around)
  if (operator === 'AND') {
    return frame => {
      const first = one(frame)
      return first === false ? false : logicalAnd(first, other(frame))
    }
  }
  if (operator === 'OR') {
    return frame => {
      const first = one(frame)
      return first === true ? true : logicalOr(first, other(frame))
    }
  }
  const operate = binaryOperators[operator]
  return frame => operate(one(frame), other(frame))
}

function between({ not, value, low, high }: Of<'between'>, around: Surroundings): Evaluate {
  const [given, from, to] = each([value, low, high], around)
  if (given === undefined || from === undefined || to === undefined) return () => undefined
  return frame => {
    const it = given(frame)
    const inside = logicalAnd(
      binaryOperators['>='](it, from(frame)),
      binaryOperators['<='](it, to(frame)),
    )
    return not ? negated(inside as boolean | undefined) : inside
  }
}

function membership({ not, value, items }: Of<'in'>, around: Surroundings): Evaluate {
  const given = compile(value, around)
  const list = each(items, around)
  return frame => {
    const values = list.map(item => item(frame))
    const found = among(given(frame), values)
    return not ? negated(found) : found
  }
}

function like({ not, value, pattern, escapedBy }: Of<'like'>, around: Surroundings): Evaluate {
  const given = compile(value, around)
  const wanted = compile(pattern, around)
  let last: { pattern: string; matches: (text: string) => boolean } | undefined
  return frame => {
    const text = given(frame)
    const now = wanted(frame)
    if (typeof text !== 'string' || typeof now !== 'string') return undefined
    if (last?.pattern !== now) last = { pattern: now, matches: likeMatcher(now, escapedBy) }
    return last.matches(text) !== not
  }
}

function conditional(
  { condition, then, otherwise }: Of<'conditional'>,
  around: Surroundings,
): Evaluate {
  const test = compile(condition, around)
  const one = compile(then, around)
  const other = compile(otherwise, around)
  return frame => (test(frame) === true ? one(frame) : other(frame))
}

function array(items: readonly Expression[], around: Surroundings): Evaluate {
  const list = each(items, around)
  return frame => list.map(item => item(frame)).filter(value => value !== undefined)
}

export function object(properties: readonly Property[], around: Surroundings): Evaluate {
  const list = properties.map(({ name, value }) => ({ name, value: compile(value, around) }))
  return frame => {
    const made: { [name: string]: Value } = {}
    for (const { name, value } of list) setOwn(made, name, value(frame))
    return made
  }
}

/** Sets a property that is its own even where it is called `__proto__`; nothing for `undefined`. */
export function setOwn(target: { [name: string]: Value }, name: string, value: Value): void {
  if (value === undefined) return
  if (name !== '__proto__') {
    target[name] = value
    return
  }
  Object.defineProperty(target, name, {
    value,
    configurable: true,
    enumerable: true,
    writable: true,
  })
}

function subquery(form: SubqueryForm, run: Subquery): Evaluate {
  switch (form) {
    case 'EXISTS':
      return frame => run(frame).length > 0
    case 'ARRAY':
      return run
    case 'ALL':
      throw new SqlError('ALL subqueries are not supported by this simulator.')
    case 'FIRST':
      return frame => run(frame)[0]
    case 'LAST':
      return frame => run(frame).at(-1)
    case 'scalar':
      return frame => {
        const results = run(frame)
        if (results.length <= 1) return results[0]
        throw new SqlError(
          'The cardinality of a scalar subquery result set cannot be greater than one.',
        )
      }
  }
}
