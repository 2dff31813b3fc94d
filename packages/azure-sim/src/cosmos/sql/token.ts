import { SqlError, syntaxError } from './sql-error.ts'

export interface Token {
  readonly kind: 'word' | 'text' | 'number' | 'parameter' | 'mark' | 'end'
  /** As it stands in the query; marks and words are compared by it. */
  readonly source: string
  /** In capitals, for words. */
  readonly upper: string
  /** What a text or number means. */
  readonly value: string | number
  readonly start: number
  readonly end: number
}

const pattern =
  /(?<space>\s+|--[^\r\n]*)|(?<number>(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?)|(?<word>[\p{L}_][\p{L}\p{N}_]*)|(?<parameter>@[\p{L}_][\p{L}\p{N}_]*)|(?<text>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')|(?<mark>\?\?|\|\||<>|>>>|<<|>>|<=|>=|!=|[-+*/%=<>&|^~?:,.()[\]{}$])/suy

const escapes: Readonly<Record<string, string>> = {
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
}

/** The text between the quotes, its escapes resolved. */
function unquote(source: string, start: number): string {
  const inner = source.slice(1, -1)
  return inner.replace(/\\(u[0-9a-fA-F]{4}|.)/gs, (whole, letter: string) => {
    if (letter.length === 5) return String.fromCharCode(Number.parseInt(letter.slice(1), 16))
    const plain = escapes[letter]
    if (plain !== undefined) return plain
    if (/["'\\/]/.test(letter)) return letter
    const end = start + source.length
    throw new SqlError(`Syntax error, invalid string literal token '${whole}'.`, 'SC1010', {
      start,
      end,
    })
  })
}

/** Takes a query's text apart; ends with a token of the kind `end`. */
export function tokensOf(sql: string): Token[] {
  const tokens: Token[] = []
  for (let at = 0; at < sql.length; ) {
    pattern.lastIndex = at
    const groups = pattern.exec(sql)?.groups
    const end = pattern.lastIndex
    if (groups === undefined) throw syntaxError(sql[at] ?? '', { start: at, end: at + 1 })
    const token = tokenOf(groups, at, end)
    if (token !== null) tokens.push(token)
    at = end
  }
  const end = sql.length
  tokens.push({ kind: 'end', source: '', upper: '', value: '', start: end, end })
  return tokens
}

function tokenOf(
  groups: Record<string, string | undefined>,
  start: number,
  end: number,
): Token | null {
  const { word, number, text, parameter, mark } = groups
  const plain = (kind: Token['kind'], source: string): Token => ({
    kind,
    source,
    upper: kind === 'word' ? source.toUpperCase() : source,
    value: source,
    start,
    end,
  })
  if (word !== undefined) return plain('word', word)
  if (mark !== undefined) return plain('mark', mark)
  if (parameter !== undefined) return plain('parameter', parameter)
  if (number !== undefined) {
    const value = Number(number)
    // `sqlAllowNonFiniteNumbers` of the account read is false.
    if (!Number.isFinite(value)) throw syntaxError(number, { start, end })
    return { ...plain('number', number), value }
  }
  if (text !== undefined) return { ...plain('text', text), value: unquote(text, start) }
  return null
}
