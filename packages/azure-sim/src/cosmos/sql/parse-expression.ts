import type { Cursor } from './cursor.ts'
import { SqlError } from './sql-error.ts'
import type { BinaryOperator, Expression, Property, Select, SubqueryForm } from './syntax.ts'

/** Reads a whole SELECT, for subqueries; given, since the two parsers call each other. */
export type ReadSelect = (cursor: Cursor) => Select

/** From the loosest to the tightest; what stands in one row binds equally, from left to right. */
const levels: readonly (readonly BinaryOperator[])[] = [
  ['OR'],
  ['AND'],
  ['|'],
  ['^'],
  ['&'],
  ['=', '!='],
  ['<', '<=', '>', '>='],
  ['<<', '>>', '>>>'],
  ['+', '-', '||'],
  ['*', '/', '%'],
]
/** IN, BETWEEN and LIKE bind as comparisons do. */
const comparisonLevel = 5
const bitwiseFrom = 2

/** `maxLogicalAndPerSqlQuery` and `maxLogicalOrPerSqlQuery`, as the account read tells them. */
const logicalMax = 2_000

/** No document is nested deeper than 128 levels (Microsoft: "Azure Cosmos DB service quotas"). */
const pathMax = 128

/** Reads expressions. */
export class ExpressionParser {
  readonly #cursor: Cursor
  readonly #readSelect: ReadSelect

  constructor(cursor: Cursor, readSelect: ReadSelect) {
    this.#cursor = cursor
    this.#readSelect = readSelect
  }

  /** The loosest of all: `a ? b : c` and `a ?? b`. */
  expression(): Expression {
    const cursor = this.#cursor
    return cursor.nested(() => {
      const { start } = cursor.token
      let left = this.#binary(0)
      for (let count = 1; ; count++) {
        if (count > logicalMax) throw tooMany('??', cursor.spanFrom(start))
        if (cursor.accept('??')) {
          const right = this.#binary(0)
          left = { kind: 'binary', operator: '??', left, right, ...cursor.spanFrom(start) }
        } else if (cursor.accept('?')) {
          const then = this.expression()
          cursor.expect(':')
          const otherwise = this.expression()
          const span = cursor.spanFrom(start)
          left = { kind: 'conditional', condition: left, then, otherwise, ...span }
        } else return left
      }
    })
  }

  list(): Expression[] {
    const items = [this.expression()]
    while (this.#cursor.accept(',')) items.push(this.expression())
    return items
  }

  #binary(level: number): Expression {
    const operators = levels[level]
    if (operators === undefined) return this.#unary()
    const cursor = this.#cursor
    const { start } = cursor.token
    let left = this.#binary(level + 1)
    for (let count = 1; ; count++) {
      if (level === comparisonLevel) left = this.#membership(left)
      const operator = this.#operatorOf(operators)
      if (operator === undefined) return left
      if (count > logicalMax) throw tooMany(operator, cursor.spanFrom(start))
      if (level >= bitwiseFrom) requireNoBareNot(left)
      cursor.next()
      const right = this.#binary(level + 1)
      left = { kind: 'binary', operator, left, right, ...cursor.spanFrom(start) }
    }
  }

  #operatorOf(operators: readonly BinaryOperator[]): BinaryOperator | undefined {
    const { kind, upper } = this.#cursor.token
    if (kind !== 'mark' && kind !== 'word') return undefined
    const plain = upper === '<>' ? '!=' : upper
    return operators.find(operator => operator === plain)
  }

  /** What may follow a value: `[NOT] IN (…)`, `[NOT] BETWEEN … AND …`, `[NOT] LIKE …`. */
  #membership(value: Expression): Expression {
    const cursor = this.#cursor
    const ahead = cursor.is('NOT') ? 1 : 0
    const word = ['IN', 'BETWEEN', 'LIKE'].find(name => cursor.is(name, ahead))
    if (word === undefined) return value
    requireNoBareNot(value)
    const not = cursor.accept('NOT')
    cursor.expect(word)
    const { start } = value
    if (word === 'IN') {
      cursor.expect('(')
      const items = this.list()
      cursor.expect(')')
      return { kind: 'in', not, value, items, ...cursor.spanFrom(start) }
    }
    if (word === 'BETWEEN') {
      const low = this.#binary(bitwiseFrom)
      cursor.expect('AND')
      const high = this.#binary(bitwiseFrom)
      return { kind: 'between', not, value, low, high, ...cursor.spanFrom(start) }
    }
    const pattern = this.#binary(comparisonLevel + 1)
    let escapedBy: string | undefined
    if (cursor.accept('ESCAPE')) {
      if (cursor.token.kind !== 'text') throw cursor.unexpected()
      escapedBy = String(cursor.next().value)
    }
    return { kind: 'like', not, value, pattern, escapedBy, ...cursor.spanFrom(start) }
  }

  #unary(): Expression {
    const cursor = this.#cursor
    const operator = (['NOT', '-', '+', '~'] as const).find(mark => cursor.is(mark))
    if (operator === undefined) return this.path()
    return cursor.nested(() => {
      const { start } = cursor.next()
      const operand = this.#unary()
      return { kind: 'unary', operator, operand, ...cursor.spanFrom(start) }
    })
  }

  /** A name or value and what is taken out of it: `c.a[0]`. */
  path(): Expression {
    const cursor = this.#cursor
    const { start } = cursor.token
    let left = this.#primary()
    for (let count = 0; ; count++) {
      if (count > pathMax) throw tooMany('.', cursor.spanFrom(start))
      if (cursor.accept('.')) {
        const name = String(cursor.name().value)
        left = { kind: 'member', of: left, name, quoted: false, ...cursor.spanFrom(start) }
      } else if (cursor.accept('[')) {
        const index = this.expression()
        cursor.expect(']')
        const span = cursor.spanFrom(start)
        left =
          index.kind === 'literal' && typeof index.value === 'string'
            ? { kind: 'member', of: left, name: index.value, quoted: true, ...span }
            : { kind: 'index', of: left, index, ...span }
      } else return left
    }
  }

  #primary(): Expression {
    const cursor = this.#cursor
    const { kind, source, value, start, end } = cursor.token
    if (kind === 'number' || kind === 'text') {
      cursor.next()
      return { kind: 'literal', value, start, end }
    }
    if (kind === 'parameter') {
      cursor.next()
      return { kind: 'parameter', name: source, start, end }
    }
    if (cursor.is('(')) return this.#parenthesized()
    if (cursor.is('[')) return this.#array()
    if (cursor.is('{')) return this.#object()
    if (kind === 'word') return this.#word()
    throw cursor.unexpected()
  }

  #word(): Expression {
    const cursor = this.#cursor
    const { source, upper, start, end } = cursor.token
    const constant = new Map([
      ['true', true],
      ['false', false],
      ['null', null],
      ['undefined', undefined],
    ])
    if (constant.has(source)) {
      cursor.next()
      return { kind: 'literal', value: constant.get(source), start, end }
    }
    const form = (['EXISTS', 'ARRAY', 'ALL', 'FIRST', 'LAST'] as const).find(word => word === upper)
    if (form !== undefined && cursor.is('(', 1) && cursor.is('SELECT', 2)) {
      cursor.next()
      return this.#subquery(form, start)
    }
    if (upper === 'UDF') return this.#userDefined()
    // LEFT and RIGHT are functions and words of no other use here.
    const name = cursor.name()
    if (cursor.is('(')) return this.#call(false, name.source, start)
    return { kind: 'name', name: name.source, start, end }
  }

  #userDefined(): Expression {
    const cursor = this.#cursor
    const { start } = cursor.next()
    cursor.expect('.')
    return this.#call(true, cursor.name().source, start)
  }

  #call(udf: boolean, written: string, start: number): Expression {
    const cursor = this.#cursor
    cursor.expect('(')
    const items = cursor.is(')') ? [] : this.list()
    cursor.expect(')')
    const name = udf ? written : written.toUpperCase()
    return { kind: 'call', udf, name, written, items, ...cursor.spanFrom(start) }
  }

  #parenthesized(): Expression {
    const cursor = this.#cursor
    const { start } = cursor.token
    if (cursor.is('SELECT', 1)) return this.#subquery('scalar', start)
    cursor.expect('(')
    const inner = this.expression()
    cursor.expect(')')
    // The span tells a parenthesized NOT from a bare one.
    return { ...inner, ...cursor.spanFrom(start) }
  }

  #subquery(form: SubqueryForm, start: number): Expression {
    const cursor = this.#cursor
    return cursor.nested(() => {
      cursor.expect('(')
      const select = this.#readSelect(cursor)
      cursor.expect(')')
      return { kind: 'subquery', form, select, ...cursor.spanFrom(start) }
    })
  }

  #array(): Expression {
    const cursor = this.#cursor
    const { start } = cursor.expect('[')
    const items = cursor.is(']') ? [] : this.list()
    cursor.expect(']')
    return { kind: 'array', items, ...cursor.spanFrom(start) }
  }

  #object(): Expression {
    const cursor = this.#cursor
    const { start } = cursor.expect('{')
    const properties: Property[] = []
    while (!cursor.is('}')) {
      if (properties.length > 0) cursor.expect(',')
      const name = cursor.token.kind === 'text' ? cursor.next() : cursor.name()
      cursor.expect(':')
      properties.push({ name: String(name.value), value: this.expression() })
    }
    cursor.expect('}')
    return { kind: 'object', properties, ...cursor.spanFrom(start) }
  }
}

/**
 * Microsoft's published grammar binds NOT tighter than `IN` or `=`, people read it the other way, and
 * no document says which of the two the service does: `NOT c.x IN (1)` would be either no row or the
 * right ones. So it is refused, and the remedy told.
 */
function requireNoBareNot(left: Expression): void {
  if (left.kind !== 'unary' || left.operator !== 'NOT') return
  // In parentheses its span ends behind that of what it negates.
  if (left.end > left.operand.end) return
  throw new SqlError(
    'NOT before a comparison, IN, LIKE or BETWEEN is ambiguous and not supported by this simulator: ' +
      'write NOT (a = b), or a NOT IN (b).',
  )
}

function tooMany(operator: string, span: { start: number; end: number }): SqlError {
  return new SqlError(
    `The SQL query exceeded the maximum number of ${operator} operators. The allowed limit is ${logicalMax}.`,
    'SC3002',
    span,
  )
}
