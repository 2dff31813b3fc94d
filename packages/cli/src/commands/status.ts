import { Command } from 'commander'
import { type Host, say } from '../host.ts'
import { OperatorClient, type OperatorOptions, withOperatorOptions } from '../operator-client.ts'
import { printStatus } from '../print-status.ts'

export const statusCommand = (host: Host): Command =>
  withOperatorOptions(new Command('status'))
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  keyturn status --account orders')
    .action(async (options: OperatorOptions & { json?: boolean }) => {
      const status = await new OperatorClient(options).status()
      if (options.json) say(host, JSON.stringify(status))
      else printStatus(host, status)
    })
