/** As RFC 1123 has it: a weekday that fits, GMT and no other zone; in any case of letters. */
const rfc1123 = /^[a-z]{3}, \d{2} [a-z]{3} \d{4} \d{2}:\d{2}:\d{2} gmt$/i

/** ISO 8601, which .NET's parser takes as well; universal time where it names no zone. */
const iso8601 = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(\.\d{1,7})?(z|[+-]\d{2}:\d{2})?$/i

/** Many requests in a row say the same second in the same words. */
let last: { readonly text: string; readonly at: number | undefined } = { text: '', at: undefined }

/**
 * Milliseconds since the epoch, or `undefined` for what the service does not read as a date: a zone
 * by another name than GMT is refused (learn.microsoft.com/answers/questions/505129), and so is a
 * weekday that does not fit, as by the parser that AuthorizationHelper.cs calls.
 */
export function timeOf(text: string): number | undefined {
  if (text !== last.text) last = { text, at: parse(text.trim()) }
  return last.at
}

function parse(text: string): number | undefined {
  if (rfc1123.test(text)) {
    const at = Date.parse(text)
    const isItself = new Date(at).toUTCString().toLowerCase() === text.toLowerCase()
    return Number.isNaN(at) || !isItself ? undefined : at
  }
  const match = iso8601.exec(text)
  if (match === null) return undefined
  const at = Date.parse(match[2] === undefined ? `${text.replace(' ', 'T')}Z` : text)
  return Number.isNaN(at) ? undefined : at
}
