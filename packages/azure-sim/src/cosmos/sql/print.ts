import { isPlainName } from './cursor.ts'
import type { Count, Expression, OrderItem, Select, SelectItem, Source } from './syntax.ts'

/*
 * Syntax as text again, in the form in which the service writes rewritten queries: every operation in
 * parentheses, one clause to a line.
 * Source of the form: Microsoft.Azure.Cosmos.Tests, QueryPlanBaselineTests.*.xml.
 */

export function printExpression(expression: Expression): string {
  const print = printExpression
  switch (expression.kind) {
    case 'literal':
      return expression.value === undefined ? 'undefined' : JSON.stringify(expression.value)
    case 'parameter':
    case 'name':
      return expression.name
    case 'member':
      return expression.quoted
        ? `${print(expression.of)}[${JSON.stringify(expression.name)}]`
        : `${print(expression.of)}.${expression.name}`
    case 'index':
      return `${print(expression.of)}[${print(expression.index)}]`
    case 'unary':
      return `(${expression.operator === 'NOT' ? 'NOT ' : expression.operator}${print(expression.operand)})`
    case 'binary':
      return `(${print(expression.left)} ${expression.operator} ${print(expression.right)})`
    case 'between': {
      const { not, value, low, high } = expression
      return `(${print(value)} ${not ? 'NOT ' : ''}BETWEEN ${print(low)} AND ${print(high)})`
    }
    case 'in': {
      const { not, value, items } = expression
      return `(${print(value)} ${not ? 'NOT ' : ''}IN (${items.map(print).join(', ')}))`
    }
    case 'like': {
      const { not, value, pattern, escapedBy } = expression
      const end = escapedBy === undefined ? '' : ` ESCAPE ${JSON.stringify(escapedBy)}`
      return `(${print(value)} ${not ? 'NOT ' : ''}LIKE ${print(pattern)}${end})`
    }
    case 'conditional': {
      const { condition, then, otherwise } = expression
      return `(${print(condition)} ? ${print(then)} : ${print(otherwise)})`
    }
    case 'array':
      return `[${expression.items.map(print).join(', ')}]`
    case 'object':
      return printObject(expression.properties)
    case 'call':
      return `${expression.udf ? 'udf.' : ''}${expression.name}(${expression.items.map(print).join(', ')})`
    case 'subquery':
      return `${expression.form === 'scalar' ? '' : expression.form}(${printSelect(expression.select)})`
  }
}

export const printObject = (
  properties: readonly { readonly name: string; readonly value: Expression }[],
): string =>
  `{${properties.map(({ name, value }) => `${JSON.stringify(name)}: ${printExpression(value)}`).join(', ')}}`

const printCount = (count: Count): string =>
  'value' in count ? String(count.value) : count.parameter

const printAlias = (alias: string): string => (isPlainName(alias) ? alias : JSON.stringify(alias))

export function printSelection({ selection }: Select): string {
  if (selection.kind === 'star') return '*'
  if (selection.kind === 'value') return `VALUE ${printExpression(selection.expression)}`
  const item = ({ expression, alias }: SelectItem): string =>
    `${printExpression(expression)}${alias === undefined ? '' : ` AS ${printAlias(alias)}`}`
  return selection.items.map(item).join(', ')
}

function printSource({ iterates, origin, alias }: Source): string {
  const from =
    origin.kind === 'path' ? printExpression(origin.expression) : `(${printSelect(origin.select)})`
  if (iterates) return `${alias} IN ${from}`
  return alias === undefined ? from : `${from} AS ${alias}`
}

export const printSources = ({ sources }: Select): string =>
  sources.map(printSource).join('\nJOIN ')

export const printOrder = (items: readonly OrderItem[]): string =>
  items
    .map(({ expression, direction }) =>
      [printExpression(expression), ...(direction === undefined ? [] : [direction])].join(' '),
    )
    .join(', ')

export function printSelect(select: Select): string {
  const { distinct, top, sources, where, groupBy, orderBy, window } = select
  const lines = [
    `SELECT ${distinct ? 'DISTINCT ' : ''}${top === undefined ? '' : `TOP ${printCount(top)} `}${printSelection(select)}`,
  ]
  if (sources.length > 0) lines.push(`FROM ${printSources(select)}`)
  if (where !== undefined) lines.push(`WHERE ${printExpression(where)}`)
  if (groupBy.length > 0) lines.push(`GROUP BY ${groupBy.map(printExpression).join(', ')}`)
  if (orderBy.length > 0) lines.push(`ORDER BY ${printOrder(orderBy)}`)
  if (window !== undefined) {
    lines.push(`OFFSET ${printCount(window.offset)} LIMIT ${printCount(window.limit)}`)
  }
  return lines.join('\n')
}
