import { styleText } from 'node:util'
import type { Failure, Tally } from './tally.ts'

const write = (line: string) => process.stdout.write(`${line}\n`)

/** One line as soon as a file, or a check, has ended. */
export const printFile = (name: string, tally: Tally, milliseconds: number): void => {
  const mark = tally.failed > 0 ? styleText('red', '✖') : styleText('green', '✔')
  const counts = [
    tally.failed > 0 ? `${tally.failed} failed` : '',
    tally.passed > 0 ? `${tally.passed} passed` : '',
    tally.skipped > 0 ? `${tally.skipped} skipped` : '',
  ].filter(text => text !== '')
  const seconds = `${(milliseconds / 1000).toFixed(1)} s`
  write(`${mark} ${name}  ${styleText('dim', [...counts, seconds].join(', '))}`)
}

/** What failed, and everything that is known of it. */
export const printFailure = ({ path, details }: Failure): void => {
  write(`\n${styleText(['red', 'bold'], `✖ ${path.join(' › ')}`)}`)
  const shown = [place(details['at']), ...notes.map(note => textOf(note, details[note]))]
  for (const text of shown) if (text !== '') write(indent(text))
}

/** In this order, and nothing else: tap adds how it started the process, which helps nobody. */
const notes = [
  'message',
  'diff',
  'found',
  'wanted',
  'expired',
  'exitCode',
  'signal',
  'source',
  'stack',
] as const

const textOf = (note: string, value: unknown): string => {
  if (value === undefined || value === null) return ''
  const text = typeof value === 'string' ? value.trimEnd() : JSON.stringify(value)
  return note === 'message' || note === 'diff' || note === 'source' || note === 'stack'
    ? text
    : `${note}: ${text}`
}

const place = (at: unknown): string => {
  if (typeof at !== 'object' || at === null || !('fileName' in at)) return ''
  const line = 'lineNumber' in at ? `:${at.lineNumber}` : ''
  return styleText('dim', `${at.fileName}${line}`)
}

const indent = (text: string): string => text.replaceAll(/^/gm, '    ')
