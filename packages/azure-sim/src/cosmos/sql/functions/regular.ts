import { createContext, Script } from 'node:vm'
import { SqlError } from '../sql-error.ts'

/** What one text may take, in milliseconds; the service's own engine has no such patterns. */
const timeMaxMs = 250

const context = createContext({ pattern: /./, text: '' })
const test = new Script('pattern.test(text)')

/** More than one repetition, option or choice in a pattern can multiply the ways to match a text. */
const repeats = /[*+}?|].*[*+}?|]/s

/**
 * Whether a text matches, in bounded time.
 *
 * @throws SqlError where it takes too long
 */
export function matches(pattern: RegExp, text: string): boolean {
  if (!repeats.test(pattern.source)) return pattern.test(text)
  context['pattern'] = pattern
  context['text'] = text
  try {
    return test.runInContext(context, { timeout: timeMaxMs }) === true
  } catch {
    throw new SqlError('The pattern of REGEXMATCH takes too long for this simulator.')
  }
}
