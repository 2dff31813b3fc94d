import { type BeginningPhase, type BlockerCode, beginningPhases, blockerCodes } from '@keyturn/core'
import type { VerbRequest } from '@keyturn/protocol'
import { Command, Option } from 'commander'
import { UsageError } from '../failure.ts'
import type { Done, Host } from '../host.ts'
import { didYouMean } from '../nearest.ts'
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
      .addOption(
        new Option('--phase <name>', 'which one; the next that is missing without it').choices(
          beginningPhases,
        ),
      )
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
        const subject = { member, client, consumer }
        await ask(host, options, { verb: 'waive', code: blockerCode(code), reason, ...subject })
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

const approval = ({ phase }: { phase?: BeginningPhase }): VerbRequest => ({
  verb: 'approve',
  ...(phase === undefined ? {} : { phase }),
})

/** Any blocker's: the coordinator says why one cannot be waived. */
const blockerCode = (word: string): BlockerCode => {
  const code = blockerCodes.find(each => each === word)
  if (code !== undefined) return code
  const meant = didYouMean(word, blockerCodes)
  const help = meant.startsWith(';') ? ': keyturn status shows those that are waited for' : meant
  throw new UsageError(`${word} is no blocker's code${help}.`)
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
