/** The parts of a SELECT that a query plan is made from, each as it stands in the text. */
export interface Clauses {
  /** `TOP n`, if any. */
  readonly top: number | undefined
  /** Whether it says `SELECT VALUE`. */
  readonly value: boolean
  /** What is selected: `*`, one expression after VALUE, or a list. */
  readonly projection: string
  readonly from: string
  /** The name that the first source goes by. */
  readonly alias: string
  readonly where: string | undefined
  readonly orderBy: readonly { readonly expression: string; readonly descending: boolean }[]
}

/** The text with what stands in quotes or brackets blanked out, every character in its place. */
export function outermost(sql: string): string {
  let depth = 0
  let quote = ''
  let masked = ''
  for (let at = 0; at < sql.length; at++) {
    const char = sql[at] ?? ''
    const inside = depth > 0 || quote !== ''
    if (quote !== '') {
      if (char === '\\') masked += '_'
      if (char === '\\') at++
      else if (char === quote) quote = ''
    } else if (char === '"' || char === "'") quote = char
    else if ('([{'.includes(char)) depth++
    else if (')]}'.includes(char)) depth--
    masked += inside || quote !== '' || depth > 0 ? '_' : char
  }
  return masked.slice(0, sql.length)
}

const shape =
  /^\s*select\s+(?:top\s+(?<top>\d+)\s+)?(?<value>value\b\s*)?(?<projection>.+?)\s+from\s+(?<from>.+?)(?:\s+where\s+(?<where>.+?))?(?:\s+order\s+by\s+(?<order>.+?))?\s*$/dis

/** Parts of a list, cut at the commas that stand outside all quotes and brackets. */
export function listItems(list: string): string[] {
  const masked = outermost(list)
  const cuts = [...masked.matchAll(/,/g)].map(({ index }) => index)
  return [...cuts, list.length].map((end, at) =>
    list.slice(at === 0 ? 0 : (cuts[at - 1] ?? 0) + 1, end).trim(),
  )
}

/** Longer queries are not taken apart: the pattern's time grows with the square of the text. */
const plannedMax = 8_192

/** Takes a query apart, or `undefined` where it is no plain SELECT … FROM … WHERE … ORDER BY. */
export function clausesOf(sql: string): Clauses | undefined {
  if (sql.length > plannedMax) return undefined
  const indices = shape.exec(outermost(sql))?.indices?.groups
  const text = (name: string): string | undefined => {
    const span = indices?.[name]
    return span === undefined ? undefined : sql.slice(...span)
  }
  const from = text('from')
  const projection = text('projection')
  const alias = /^(\w+)(?:\s+(?:as\s+)?(?!join\b|in\b)(\w+))?/i.exec(from ?? '')
  if (from === undefined || projection === undefined || alias === null) return undefined
  const top = text('top')
  return {
    top: top === undefined ? undefined : Number(top),
    value: text('value') !== undefined,
    projection,
    from,
    alias: alias[2] ?? alias[1] ?? '',
    where: text('where'),
    orderBy: listItems(text('order') ?? '').flatMap(item => {
      const [, expression, direction] = /^(.+?)(?:\s+(asc|desc))?$/is.exec(item) ?? []
      if (expression === undefined) return []
      return [{ expression, descending: direction?.toLowerCase() === 'desc' }]
    }),
  }
}

/** How deep parentheses stand within each other, quotes aside. */
export function nestingOf(sql: string): number {
  const bare = sql.replaceAll(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/gs, '')
  let depth = 0
  let deepest = 0
  for (const char of bare) {
    if (char === '(') depth++
    else if (char === ')') depth--
    deepest = Math.max(deepest, depth)
  }
  return deepest
}
