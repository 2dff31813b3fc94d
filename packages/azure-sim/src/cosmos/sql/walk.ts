import { aggregateKind } from './aggregate.ts'
import type { Expression, Select } from './syntax.ts'

/** The expressions directly within another; what is within subqueries is not among them. */
export function partsOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case 'literal':
    case 'parameter':
    case 'name':
    case 'subquery':
      return []
    case 'member':
      return [expression.of]
    case 'index':
      return [expression.of, expression.index]
    case 'unary':
      return [expression.operand]
    case 'binary':
      return [expression.left, expression.right]
    case 'between':
      return [expression.value, expression.low, expression.high]
    case 'in':
      return [expression.value, ...expression.items]
    case 'like':
      return [expression.value, expression.pattern]
    case 'conditional':
      return [expression.condition, expression.then, expression.otherwise]
    case 'array':
    case 'call':
      return expression.items
    case 'object':
      return expression.properties.map(({ value }) => value)
  }
}

export const isAggregate = (expression: Expression): boolean =>
  expression.kind === 'call' && !expression.udf && aggregateKind(expression.name) !== undefined

/** Whether an aggregate function is anywhere within, subqueries aside. */
export const hasAggregate = (expression: Expression): boolean =>
  isAggregate(expression) || partsOf(expression).some(hasAggregate)

/** What a SELECT selects, as expressions; nothing for `*`. */
export function selected({ selection }: Select): readonly Expression[] {
  if (selection.kind === 'star') return []
  if (selection.kind === 'value') return [selection.expression]
  return selection.items.map(({ expression }) => expression)
}

/** Whether the rows of a SELECT are folded into groups, or all into one. */
export const isGrouped = (select: Select): boolean =>
  select.groupBy.length > 0 || selected(select).some(hasAggregate)
