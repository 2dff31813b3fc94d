import { type Span, SqlError, syntaxError } from './sql-error.ts'
import { type Token, tokensOf } from './token.ts'

/** Words that no name may be, in any case (Microsoft's published grammar of the language). */
const keywords = new Set(
  (
    'AND ARRAY AS ASC BETWEEN BY DESC DISTINCT ESCAPE EXISTS FROM GROUP IN JOIN LIKE LIMIT NOT ' +
    'OFFSET OR ORDER SELECT TOP UDF VALUE WHERE'
  ).split(' '),
)
/** These are keywords in exactly this case. */
const constants = new Set(['true', 'false', 'null', 'undefined'])

/** Whether a text may stand as a name without quotes. */
export const isPlainName = (text: string): boolean =>
  /^[\p{L}_][\p{L}\p{N}_]*$/u.test(text) &&
  !keywords.has(text.toUpperCase()) &&
  !constants.has(text)

/** The service has a bound of its own; it protects the reader's stack, and so does ours. */
const depthMax = 200

/** Where a parser stands in the tokens of a query. */
export class Cursor {
  readonly #tokens: readonly Token[]
  #at = 0
  #depth = 0

  constructor(sql: string) {
    this.#tokens = tokensOf(sql)
  }

  get token(): Token {
    return this.peek(0)
  }

  peek(ahead: number): Token {
    const at = Math.min(this.#at + ahead, this.#tokens.length - 1)
    const token = this.#tokens[at]
    if (token === undefined) throw new Error('A list of tokens always has its end.')
    return token
  }

  /** The end of what has been read. */
  get end(): number {
    return this.#tokens[this.#at - 1]?.end ?? 0
  }

  next(): Token {
    const { token } = this
    this.#at++
    return token
  }

  /** Whether the token at hand is this keyword or mark. */
  is(upper: string, ahead = 0): boolean {
    const token = this.peek(ahead)
    return (token.kind === 'word' || token.kind === 'mark') && token.upper === upper
  }

  /** Reads the keyword or mark if it is at hand. */
  accept(upper: string): boolean {
    const there = this.is(upper)
    if (there) this.#at++
    return there
  }

  expect(upper: string): Token {
    if (!this.is(upper)) throw this.unexpected()
    return this.next()
  }

  get isName(): boolean {
    const { kind, upper, source } = this.token
    return kind === 'word' && !keywords.has(upper) && !constants.has(source)
  }

  name(): Token {
    if (!this.isName) throw this.unexpected()
    return this.next()
  }

  unexpected(): SqlError {
    const { kind, source, start, end } = this.token
    return kind === 'end' ? this.#endedEarly() : syntaxError(source, { start, end })
  }

  /** The service points at the last token where a query ends too early. */
  #endedEarly(): SqlError {
    const last = this.#tokens.at(-2) ?? this.token
    return syntaxError(last.source, last)
  }

  /** Reads something that may contain itself. */
  nested<T>(read: () => T): T {
    if (++this.#depth > depthMax) {
      const { start, end } = this.token
      throw new SqlError(
        `The SQL query exceeded the maximum nesting depth of ${depthMax}.`,
        'SC3001',
        { start, end },
      )
    }
    try {
      return read()
    } finally {
      this.#depth--
    }
  }

  spanFrom(start: number): Span {
    return { start, end: this.end }
  }
}
