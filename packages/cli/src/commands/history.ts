import { Command, InvalidArgumentError } from 'commander'
import { deniedLineOf, lineOf } from '../history/line.ts'
import { columnsOf, type Host, say } from '../host.ts'
import { OperatorClient, type OperatorOptions, withOperatorOptions } from '../operator-client.ts'
import { parseSpan } from '../view/span.ts'
import { hanging } from '../view/words.ts'

interface HistoryOptions extends OperatorOptions {
  readonly json?: boolean
  readonly since?: number
  readonly denied?: boolean
}

export const historyCommand = (host: Host): Command =>
  withOperatorOptions(new Command('history'))
    .option('--since <when>', 'a date, or a span such as 30m, 2h or 7d', parseSince)
    .option('--denied', 'what was asked for and denied of late, instead')
    .option('--read-only', 'the account’s read-only pair')
    .option('--json', 'print one JSON line per entry')
    .addHelpText(
      'after',
      '\nExample:\n  keyturn history --since 2h\n  keyturn history --since 2026-11-01 --json | tail -n 20',
    )
    .action(async ({ since, json, denied, ...options }: HistoryOptions) => {
      if (denied) {
        for (const denial of (await new OperatorClient(options).denials()).toReversed()) {
          if (json) say(host, JSON.stringify(denial))
          else sayBehindTime(host, denial, deniedLineOf(denial))
        }
        return
      }
      for (const entry of await new OperatorClient(options).history()) {
        if (since !== undefined && Date.parse(entry.wallTime) < since) continue
        if (json) say(host, JSON.stringify(entry))
        else sayBehindTime(host, entry, lineOf(entry))
      }
    })

/** A line too long for the terminal goes on under its own words, and times stand alone. */
const sayBehindTime = (host: Host, { wallTime }: { wallTime: string }, line: string): void => {
  const at = wallTime.length + 2
  for (const each of hanging(line.slice(0, at), line.slice(at), columnsOf(host))) say(host, each)
}

/** In ms since 1970. */
const parseSince = (text: string): number => {
  if (/^\d{1,6}[smhd]$/.test(text)) return Date.now() - parseSpan(text)
  const at = /^\d{4}-/.test(text) ? Date.parse(text) : Number.NaN
  if (!Number.isNaN(at)) return at
  throw new InvalidArgumentError('Give a date such as 2026-11-01, or a span such as 30m, 2h or 7d.')
}
