import { Command } from 'commander'
import { fleetLines, fleetRow } from '../fleet/rows.ts'
import { byTrouble } from '../fleet/trouble.ts'
import { columnsOf, type Host, say } from '../host.ts'
import { OperatorClient, type OperatorOptions, withOperatorOptions } from '../operator-client.ts'
import { paintFor } from '../view/paint.ts'
import { plural } from '../view/words.ts'

type FleetOptions = OperatorOptions & { readonly all?: boolean; readonly json?: boolean }

export const fleetCommand = (host: Host): Command =>
  withOperatorOptions(new Command('fleet'))
    .option('--all', 'those who have left as well')
    .option('--read-only', 'the account’s read-only pair')
    .option('--json', 'print one JSON line per member')
    .addHelpText(
      'after',
      '\nExample:\n  keyturn fleet --account orders\n  keyturn fleet --all --json',
    )
    .action(async (options: FleetOptions) => {
      const status = await new OperatorClient(options).status()
      const everybody = byTrouble(status)
      const shown = everybody.filter(({ member }) => options.all || member.standing === 'joined')
      if (options.json) {
        for (const { member, codes } of shown) say(host, JSON.stringify({ ...member, codes }))
        return
      }
      const paint = paintFor(host)
      const rows = shown.map(troubled => fleetRow(troubled, status.published))
      const [heads = '', ...lines] = fleetLines(rows, columnsOf(host))
      if (rows.length > 0) say(host, paint('dim', heads[0] ?? ''))
      for (const [index, ofOne] of lines.entries()) {
        const isTroubled = (shown[index]?.codes.length ?? 0) > 0
        for (const line of ofOne) say(host, isTroubled ? paint('yellow', line) : line)
      }
      say(host, summary(shown.length, everybody.length - shown.length, shown))
    })

const summary = (
  joined: number,
  others: number,
  shown: readonly { readonly codes: readonly string[] }[],
): string => {
  const troubled = shown.filter(({ codes }) => codes.length > 0).length
  const left = others === 0 ? '' : `; ${others} more have left: --all`
  return `${plural(joined, 'member')}, ${troubled === 0 ? 'none' : troubled} in the way${left}`
}
