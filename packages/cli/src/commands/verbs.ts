import type { VerbRequest } from '@keyturn/protocol'
import { Command } from 'commander'
import { type Host, say } from '../host.ts'
import { OperatorClient, type OperatorOptions, withOperatorOptions } from '../operator-client.ts'
import { printStatus } from '../print-status.ts'

type Reasoned = OperatorOptions & { reason: string; json?: boolean }

/** One command per verb: the coordinator refuses or obeys, the answer is the account's status. */
export const verbCommands = (host: Host): Command[] => [
  verb(host, 'init', 'adopt the account: write its first keyset to Key Vault, change no key')
    .option('--take-over', 'take over a keyset that another installation wrote', false)
    .addHelpText('after', '\nExample:\n  keyturn init --token-file /var/lib/keyturn/operator.token')
    .action(asks(host, ({ takeOver }: { takeOver: boolean }) => ({ verb: 'adopt', takeOver }))),
  reasoned(host, 'rotate', 'turn both keys of the account', 'rotate').addHelpText(
    'after',
    '\nExample:\n  keyturn rotate --reason "quarterly turn"',
  ),
  reasoned(host, 'pause', 'begin nothing new until resumed', 'pause').addHelpText(
    'after',
    '\nExample:\n  keyturn pause --reason "release under way"',
  ),
  reasoned(host, 'resume', 'go on where the rotation was paused', 'resume').addHelpText(
    'after',
    '\nExample:\n  keyturn resume --reason "release is out"',
  ),
  reasoned(host, 'abort', 'go back to the key that was active', 'abort').addHelpText(
    'after',
    '\nExample:\n  keyturn abort --reason "orders-7 cannot be restarted today"',
  ),
  verb(host, 'evict', 'take a member that is known to be dead out of the fleet')
    .argument('<member>', 'its name')
    .requiredOption('--reason <text>', 'why: it goes into the journal')
    .addHelpText('after', '\nExample:\n  keyturn evict orders-7 --reason "its node is gone"')
    .action(async (member: string, options: Reasoned) => {
      await ask(host, options, { verb: 'evict', member, reason: options.reason })
    }),
]

const verb = (_host: Host, name: string, description: string): Command =>
  withOperatorOptions(new Command(name).description(description)).option(
    '--json',
    'print the account’s status as JSON',
  )

const reasoned = (
  host: Host,
  name: string,
  description: string,
  what: 'rotate' | 'pause' | 'resume' | 'abort',
): Command =>
  verb(host, name, description)
    .requiredOption('--reason <text>', 'why: it goes into the journal')
    .action(asks(host, ({ reason }: Reasoned) => ({ verb: what, reason })))

const asks =
  <T extends object>(host: Host, request: (options: T) => VerbRequest) =>
  async (options: T & Reasoned): Promise<void> =>
    ask(host, options, request(options))

const ask = async (host: Host, options: Reasoned, request: VerbRequest): Promise<void> => {
  const status = await new OperatorClient(options).verb(request)
  if (options.json) say(host, JSON.stringify(status))
  else printStatus(host, status)
}
