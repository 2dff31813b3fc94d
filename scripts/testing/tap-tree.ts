import { Parser, type Result } from 'tap-parser'

/** One line of TAP, `ok` or `not ok`, and the block that it closes, if it closes one. */
export interface Point {
  readonly name: string
  readonly ok: boolean
  /** The reason, or `true` where none was given. */
  readonly skip: boolean | string
  readonly todo: boolean | string
  readonly details: Readonly<Record<string, unknown>>
  readonly milliseconds: number | null
  readonly block: Block | undefined
}

export interface Block {
  readonly points: readonly Point[]
}

/**
 * Reads a stream of TAP and hands over each point of its outermost level when it is complete:
 * with tap, that is one per file.
 */
export const readTap = (onPoint: (point: Point) => void): Parser => {
  const parser = new Parser()
  follow(parser, onPoint)
  return parser
}

const follow = (parser: Parser, onPoint: (point: Point) => void): void => {
  let open: { points: Point[] } | undefined
  parser.on('child', (child: Parser) => {
    const points: Point[] = []
    open = { points }
    follow(child, point => points.push(point))
  })
  // A block comes first, the point that closes it right after.
  parser.on('assert', (result: Result) => {
    onPoint({
      name: result.name,
      ok: result.ok,
      skip: result.skip,
      todo: result.todo,
      details: result.diag ?? {},
      milliseconds: result.time,
      block: open,
    })
    open = undefined
  })
}
