import { type VerbRequest, verbRequestSchema } from '@keyturn/protocol'
import { Command } from 'commander'
import { UsageError } from '../failure.ts'
import { type Host, say } from '../host.ts'
import { OperatorClient, type OperatorOptions, withOperatorOptions } from '../operator-client.ts'
import { printStatus } from '../print-status.ts'
import { type Target, targetOf, withTarget } from './target.ts'

type Reasoned = OperatorOptions & { reason: string; json?: boolean }

/** One command per verb: the coordinator refuses or obeys, the answer is the account's status. */
export const verbCommands = (host: Host): Command[] => [
  verb(host, 'init', 'adopt the account: write its first keyset to Key Vault, change no key')
    .option('--take-over', 'take over a keyset that another installation wrote', false)
    .addHelpText('after', '\nExample:\n  keyturn init --token-file /var/lib/keyturn/operator.token')
    .action(asks(host, ({ takeOver }: { takeOver: boolean }) => ({ verb: 'adopt', takeOver }))),
  rotateCommand(host),
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
  verb(host, 'approve', 'give your word for a phase that the policy holds until somebody does')
    .option('--phase <name>', 'which one; the next that is missing without it')
    .addHelpText('after', '\nExample:\n  keyturn approve --as ada --phase fencing-former')
    .action(asks(host, approval)),
  verb(host, 'waive', 'take one blocker upon yourself, for the key that is about to go')
    .argument('<code>', 'the blocker’s code, as status shows it')
    .option('--member <name>', 'the member that it names')
    .option('--client <name>', 'one client of the member; all of them without it')
    .option('--consumer <name>', 'the declared consumer that it names')
    .requiredOption('--reason <text>', 'why: it goes into the journal')
    .addHelpText(
      'after',
      '\nExample:\n  keyturn waive NOT_FENCED --member legacy-1 --reason "its pods are scaled to zero"',
    )
    .action(async (code: string, options: Reasoned & Subject) => {
      const { reason, member, client, consumer } = options
      const request = { verb: 'waive', code, reason, member, client, consumer }
      await ask(host, options, checked(request))
    }),
  verb(host, 'acknowledge', 'say that a declared consumer uses the key no more that is to go')
    .argument('<consumer>', 'its name in the policy')
    .requiredOption('--reason <text>', 'how you know: it goes into the journal')
    .addHelpText(
      'after',
      '\nExample:\n  keyturn acknowledge monthly-job --reason "moved, its last run was well"',
    )
    .action(async (consumer: string, options: Reasoned) => {
      await ask(host, options, { verb: 'acknowledge', consumer, reason: options.reason })
    }),
]

interface Subject {
  readonly member?: string
  readonly client?: string
  readonly consumer?: string
}

const approval = ({ phase }: { phase?: string }): VerbRequest =>
  checked({ verb: 'approve', ...(phase === undefined ? {} : { phase }) })

/** Words of a person, held against the schema before anybody is asked. */
const checked = (request: object): VerbRequest => {
  const parsed = verbRequestSchema.safeParse(request)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new UsageError(
    `${issue?.path.join('.') ?? 'the request'}: ${issue?.message ?? 'not valid'}.`,
  )
}

const rotateCommand = (host: Host): Command =>
  withTarget(reasonedOnly(verb(host, 'rotate', 'turn both keys of the account, or one of them')))
    .addHelpText(
      'after',
      `
Example:
  keyturn rotate --reason "quarterly turn"
  keyturn rotate --slot secondary --reason "only the standby"
  keyturn rotate --read-only --reason "quarterly turn of the read-only pair"
  keyturn rotate --emergency primary --reason "found in a public log"`,
    )
    .action(
      asks(host, (options: Reasoned & Target) => ({
        ...{ verb: 'rotate', reason: options.reason },
        ...targetOf(options),
      })),
    )

const verb = (_host: Host, name: string, description: string): Command =>
  withOperatorOptions(new Command(name).description(description)).option(
    '--json',
    'print the account’s status as JSON',
  )

const reasoned = (
  host: Host,
  name: string,
  description: string,
  what: 'pause' | 'resume' | 'abort',
): Command =>
  reasonedOnly(verb(host, name, description)).action(
    asks(host, ({ reason }: Reasoned) => ({ verb: what, reason })),
  )

const reasonedOnly = (command: Command): Command =>
  command.requiredOption('--reason <text>', 'why: it goes into the journal')

const asks =
  <T extends object>(host: Host, request: (options: T) => VerbRequest) =>
  async (options: T & Reasoned): Promise<void> =>
    ask(host, options, request(options))

const ask = async (host: Host, options: Reasoned, request: VerbRequest): Promise<void> => {
  const status = await new OperatorClient(options).verb(request)
  if (options.json) say(host, JSON.stringify(status))
  else printStatus(host, status)
}
