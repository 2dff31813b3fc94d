/** Whether a text matches a LIKE pattern. */
export type LikeMatcher = (text: string) => boolean

/**
 * Compiles `%`, `_`, `[a-z]`, `[^a-z]` and the escape character. The parts between the `%` are looked
 * for one after the other, each as early as possible, so that no pattern takes long.
 */
export function likeMatcher(pattern: string, escapedBy: string | undefined): LikeMatcher {
  const parts = partsOf(pattern, escapedBy)
  if (parts === undefined) return () => false
  const [head, ...rest] = parts
  const tail = rest.pop()
  if (head === undefined) return () => false
  if (tail === undefined) {
    return text => head.expression('y', '$').test(text)
  }
  const start = head.expression('y', '')
  const middle = rest.map(part => part.expression('g', ''))
  const end = tail.expression('g', '$')
  return text => {
    let at = 0
    for (const part of [start, ...middle]) {
      part.lastIndex = at
      if (!part.test(text)) return false
      at = part.lastIndex
    }
    if (text.length - at < tail.length) return false
    end.lastIndex = Math.max(at, text.length - tail.length)
    return end.test(text)
  }
}

/** What stands between two `%`: so many single characters, each told by a class. */
class Part {
  source = ''
  length = 0

  add(source: string): void {
    this.source += source
    this.length += 1
  }

  expression(flags: string, close: string): RegExp {
    return new RegExp(`${this.source}${close}`, `s${flags}`)
  }
}

const literal = (char: string): string => char.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')

function partsOf(pattern: string, escapedBy: string | undefined): Part[] | undefined {
  let part = new Part()
  const parts = [part]
  for (let at = 0; at < pattern.length; at++) {
    const char = pattern[at] ?? ''
    const close = char === '[' ? pattern.indexOf(']', at + 2) : -1
    if (escapedBy !== undefined && char === escapedBy && at + 1 < pattern.length) {
      part.add(literal(pattern[++at] ?? ''))
    } else if (char === '%') {
      part = new Part()
      parts.push(part)
    } else if (char === '_') part.add('.')
    else if (close > 0) {
      const set = setOf(pattern.slice(at + 1, close))
      if (set === undefined) return undefined
      part.add(set)
      at = close
    } else part.add(literal(char))
  }
  return parts
}

/** A set of characters, or `undefined` for a range that runs backwards. */
function setOf(inner: string): string | undefined {
  const negated = inner.startsWith('^')
  const members = (negated ? inner.slice(1) : inner).replace(/[\\\]^[]/g, '\\$&')
  const source = `[${negated ? '^' : ''}${members}]`
  try {
    new RegExp(source, 's')
    return source
  } catch {
    return undefined
  }
}
