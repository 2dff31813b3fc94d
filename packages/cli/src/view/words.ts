/** A span for a person: tenths of a second at first, the two largest units later. */
export const spoken = (ms: number): string => {
  if (ms < 9_950) return `${(Math.max(0, ms) / 1000).toFixed(1)} s`
  const seconds = Math.round(ms / 1000)
  if (seconds < 60) return `${seconds} s`
  if (seconds < 3_600) return pair(seconds, 60, 'min', 's')
  const minutes = Math.round(seconds / 60)
  return minutes < 2_880 ? pair(minutes, 60, 'h', 'min') : `${Math.round(minutes / 1_440)} d`
}

const pair = (count: number, per: number, large: string, small: string): string => {
  const rest = count % per
  return `${Math.floor(count / per)} ${large}${rest === 0 ? '' : ` ${rest} ${small}`}`
}

/** An estimate claims no more than it knows. */
export const about = (ms: number): string => {
  if (ms < 10_000) return `about ${Math.max(1, Math.round(ms / 1000))} s`
  const step = ms < 120_000 ? 5_000 : ms < 3_600_000 ? 60_000 : 300_000
  return `about ${spoken(Math.round(ms / step) * step)}`
}

export const grouped = (count: number): string => count.toLocaleString('en-US')

export const plural = (count: number, word: string): string =>
  `${grouped(count)} ${word}${count === 1 ? '' : 's'}`

/** As much of a line as fits. */
export const cut = (line: string, columns: number): string =>
  line.length <= columns ? line : `${line.slice(0, Math.max(0, columns - 1))}…`

/** The first few of many, and how many more there are. */
export const listed = (names: readonly string[], most = 3): string =>
  names.length <= most
    ? names.join(', ')
    : `${names.slice(0, most).join(', ')} and ${grouped(names.length - most)} more`

/** A text on as many lines as it needs, none longer than the columns unless one word is. */
export const wrapped = (text: string, columns: number): string[] => {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + 1 + word.length <= columns) {
      lines[lines.length - 1] = `${last} ${word}`
    } else lines.push(word)
  }
  return lines
}

/** A text behind its head, under which its further lines stand. */
export const hanging = (head: string, text: string, columns: number): string[] =>
  wrapped(text, columns - head.length).map(
    (line, index) => `${index === 0 ? head : ' '.repeat(head.length)}${line}`,
  )
