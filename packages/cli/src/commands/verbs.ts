import { type VerbRequest, verbRequestSchema } from '@keyturn/protocol'
import { Command } from 'commander'
import { UsageError } from '../failure.ts'
import type { Done, Host } from '../host.ts'
import { withOperatorOptions } from '../operator-client.ts'
import { ask, asks, type Reasoned, withReason } from './ask.ts'
import { rotateCommand } from './rotate.ts'

/** One command per verb: the coordinator refuses or obeys, the answer is the account's status. */
export const verbCommand = (host: Host, name: string, done: Done): Command => {
  const make = verbs[name]
  if (!make) throw new TypeError(`no verb is called ${name}`)
  return make(verb(name), host, done)
}

const verbs: Readonly<Record<string, (command: Command, host: Host, done: Done) => Command>> = {
  rotate: rotateCommand,
  pause: (command, host) => reasoned(command, host, 'pause', 'release under way'),
  resume: (command, host) => reasoned(command, host, 'resume', 'release is out'),
  abort: (command, host) => reasoned(command, host, 'abort', 'orders-7 cannot be restarted today'),
  evict: (command, host) =>
    withReason(command)
      .argument('<member>', 'its name')
      .addHelpText('after', '\nExample:\n  keyturn evict orders-7 --reason "its node is gone"')
      .action(async (member: string, options: Reasoned) => {
        await ask(host, options, { verb: 'evict', member, reason: options.reason })
      }),
  approve: (command, host) =>
    command
      .option('--phase <name>', 'which one; the next that is missing without it')
      .addHelpText('after', '\nExample:\n  keyturn approve --as ada --phase fencing-former')
      .action(asks(host, approval)),
  waive: (command, host) =>
    withReason(command)
      .argument('<code>', 'the blocker’s code, as status shows it')
      .option('--member <name>', 'the member that it names')
      .option('--client <name>', 'one client of the member; all of them without it')
      .option('--consumer <name>', 'the declared consumer that it names')
      .addHelpText(
        'after',
        '\nExample:\n  keyturn waive NOT_FENCED --member legacy-1 --reason "its pods are scaled to zero"',
      )
      .action(async (code: string, options: Reasoned & Subject) => {
        const { reason, member, client, consumer } = options
        const request = { verb: 'waive', code, reason, member, client, consumer }
        await ask(host, options, checked(request))
      }),
  acknowledge: (command, host) =>
    withReason(command)
      .argument('<consumer>', 'its name in the policy')
      .addHelpText(
        'after',
        '\nExample:\n  keyturn acknowledge monthly-job --reason "moved, its last run was well"',
      )
      .action(async (consumer: string, options: Reasoned) => {
        await ask(host, options, { verb: 'acknowledge', consumer, reason: options.reason })
      }),
}

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

const verb = (name: string): Command =>
  withOperatorOptions(new Command(name)).option('--json', 'print the account’s status as JSON')

const reasoned = (
  command: Command,
  host: Host,
  what: 'pause' | 'resume' | 'abort',
  example: string,
): Command =>
  withReason(command)
    .addHelpText('after', `\nExample:\n  keyturn ${what} --reason "${example}"`)
    .action(asks(host, ({ reason }: Reasoned) => ({ verb: what, reason })))
