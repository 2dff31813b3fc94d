import { Cursor } from './cursor.ts'
import { ExpressionParser } from './parse-expression.ts'
import { SqlError } from './sql-error.ts'
import type {
  Count,
  Expression,
  OrderItem,
  Origin,
  Select,
  SelectItem,
  Selection,
  Source,
} from './syntax.ts'

/**
 * Parses a query as Microsoft's published grammar has it.
 *
 * @throws SqlError `SC1001` and its like, with the place of the error
 */
export function parseQuery(sql: string): Select {
  const cursor = new Cursor(sql)
  const select = readSelect(cursor)
  if (cursor.token.kind !== 'end') throw cursor.unexpected()
  return select
}

function readSelect(cursor: Cursor): Select {
  const parser = new ExpressionParser(cursor, readSelect)
  const { start } = cursor.expect('SELECT')
  const distinct = cursor.accept('DISTINCT')
  const top = cursor.accept('TOP') ? readCount(cursor) : undefined
  const selection = readSelection(cursor, parser)
  const sources = cursor.accept('FROM') ? readSources(cursor, parser) : []
  const where = cursor.accept('WHERE') ? parser.expression() : undefined
  const groupBy = acceptBoth(cursor, 'GROUP') ? parser.list() : []
  const orderBy = acceptBoth(cursor, 'ORDER') ? readOrder(cursor, parser) : []
  const window = readWindow(cursor)
  return {
    distinct,
    top,
    selection,
    sources,
    where,
    groupBy,
    orderBy,
    window,
    ...cursor.spanFrom(start),
  }
}

function acceptBoth(cursor: Cursor, word: 'GROUP' | 'ORDER'): boolean {
  if (!cursor.accept(word)) return false
  cursor.expect('BY')
  return true
}

/** The greatest count that the service takes; beyond it is SC2062. */
const countMax = 2 ** 32 - 1

function readCount(cursor: Cursor, clause = 'TOP'): Count {
  const { kind, value, source, start, end } = cursor.token
  if (kind === 'parameter') {
    cursor.next()
    return { parameter: source, start, end }
  }
  if (kind !== 'number' || !Number.isInteger(value)) throw cursor.unexpected()
  cursor.next()
  if (Number(value) > countMax) {
    throw new SqlError(`The ${clause} count value exceeds the maximum allowed value.`, 'SC2062', {
      start,
      end,
    })
  }
  return { value: Number(value), start, end }
}

function readSelection(cursor: Cursor, parser: ExpressionParser): Selection {
  const { start, end } = cursor.token
  if (cursor.accept('*')) return { kind: 'star', span: { start, end } }
  if (cursor.accept('VALUE')) return { kind: 'value', expression: parser.expression() }
  const items: SelectItem[] = []
  do {
    const expression = parser.expression()
    const named = cursor.accept('AS') || cursor.isName
    items.push({ expression, alias: named ? aliasOf(cursor) : undefined })
  } while (cursor.accept(','))
  return { kind: 'list', items }
}

/** A name, or a text in quotes. */
function aliasOf(cursor: Cursor): string {
  return String((cursor.token.kind === 'text' ? cursor.next() : cursor.name()).value)
}

function readSources(cursor: Cursor, parser: ExpressionParser): Source[] {
  const sources = [readSource(cursor, parser)]
  while (cursor.accept('JOIN')) sources.push(readSource(cursor, parser))
  return sources
}

function readSource(cursor: Cursor, parser: ExpressionParser): Source {
  if (cursor.isName && cursor.is('IN', 1)) {
    const alias = cursor.name().source
    cursor.expect('IN')
    return { iterates: true, origin: readOrigin(cursor, parser), alias }
  }
  const origin = readOrigin(cursor, parser)
  const named = cursor.accept('AS') || cursor.isName
  return { iterates: false, origin, alias: named ? cursor.name().source : undefined }
}

function readOrigin(cursor: Cursor, parser: ExpressionParser): Origin {
  if (cursor.is('(')) {
    return cursor.nested(() => {
      cursor.expect('(')
      const select = readSelect(cursor)
      cursor.expect(')')
      return { kind: 'subquery', select }
    })
  }
  return { kind: 'path', expression: readPath(cursor, parser) }
}

/** `c`, `c.children`, `c["children"][0]`. */
function readPath(cursor: Cursor, parser: ExpressionParser): Expression {
  if (!cursor.isName) throw cursor.unexpected()
  const first = cursor.token
  const path = parser.path()
  const constant = (part: Expression): boolean =>
    part.kind === 'name' ||
    (part.kind === 'member' && constant(part.of)) ||
    (part.kind === 'index' && part.index.kind === 'literal' && constant(part.of))
  if (constant(path)) return path
  throw new SqlError(`Syntax error, incorrect syntax near '${first.source}'.`, 'SC1001', path)
}

function readOrder(cursor: Cursor, parser: ExpressionParser): OrderItem[] {
  const items: OrderItem[] = []
  do {
    const expression = parser.expression()
    const descending = cursor.accept('DESC')
    const direction = descending ? 'DESC' : cursor.accept('ASC') ? 'ASC' : undefined
    items.push({ expression, direction })
  } while (cursor.accept(','))
  return items
}

function readWindow(cursor: Cursor): Select['window'] {
  if (!cursor.accept('OFFSET')) return undefined
  const offset = readCount(cursor, 'OFFSET')
  cursor.expect('LIMIT')
  return { offset, limit: readCount(cursor, 'LIMIT') }
}
