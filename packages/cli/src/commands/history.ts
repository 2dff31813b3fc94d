import { Command } from 'commander'
import { lineOf } from '../history/line.ts'
import { type Host, say } from '../host.ts'
import { OperatorClient, type OperatorOptions, withOperatorOptions } from '../operator-client.ts'

export const historyCommand = (host: Host): Command =>
  withOperatorOptions(new Command('history'))
    .option('--json', 'print one JSON line per entry')
    .addHelpText('after', '\nExample:\n  keyturn history --json | tail -n 20')
    .action(async (options: OperatorOptions & { json?: boolean }) => {
      for (const entry of await new OperatorClient(options).history()) {
        say(host, options.json ? JSON.stringify(entry) : lineOf(entry))
      }
    })
