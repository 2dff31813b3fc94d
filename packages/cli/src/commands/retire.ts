import { Command } from 'commander'
import { Failure, UsageError } from '../failure.ts'
import { columnsOf, type Host, say } from '../host.ts'
import { OperatorClient, type OperatorOptions, withOperatorOptions } from '../operator-client.ts'
import { hanging } from '../view/words.ts'

interface RetireOptions extends OperatorOptions {
  readonly check?: boolean
  readonly reason?: string
  readonly confirm?: string
  readonly json?: boolean
}

export const retireCommand = (host: Host): Command =>
  withOperatorOptions(new Command('retire'))
    .option('--check', 'only report what stands against it')
    .option('--reason <text>', 'why: it goes into the journal')
    .option('--confirm <account>', 'the second word: the account’s name, minutes after the first')
    .option('--json', 'print JSON: the account’s status, or with --check what stands against it')
    .addHelpText(
      'after',
      `
Example:
  keyturn retire --check
  keyturn retire --reason "everything signs in with Entra ID"
  keyturn retire --reason "everything signs in with Entra ID" --confirm orders`,
    )
    .action(async (options: RetireOptions) => {
      const client = new OperatorClient(options)
      await (options.check ? check(host, client, options) : retire(host, client, options))
    })

/** Exit code 1 where something stands against it, so that a script can ask. */
const check = async (
  host: Host,
  client: OperatorClient,
  { json }: RetireOptions,
): Promise<void> => {
  const blockers = await client.againstRetiring()
  if (json) say(host, JSON.stringify({ blockers }))
  else {
    for (const { code, sentence } of blockers) {
      const lines = hanging('stands against it: ', `${code}: ${sentence}`, columnsOf(host))
      for (const line of lines) say(host, line)
    }
  }
  if (blockers.length > 0)
    throw new Failure('Keys of the account may still be in use', 'KEY_IN_USE')
  if (json) return
  say(host, 'Nothing stands against it: nobody has used a key for as long as the policy asks.')
}

const retire = async (
  host: Host,
  client: OperatorClient,
  { reason, confirm, json }: RetireOptions,
): Promise<void> => {
  if (reason === undefined) throw new UsageError('Say why with --reason, or only --check.')
  const { name } = await client.status()
  if (confirm !== undefined && confirm !== name) {
    throw new UsageError(`The account is called ${name}: confirm it by that name.`)
  }
  const status = await client.verb({ verb: 'retire', reason, confirm: confirm !== undefined })
  if (json) return say(host, JSON.stringify(status))
  const said =
    confirm === undefined
      ? `Nothing stands against it, and nothing was changed. Every key of ${name} stops working when you ask again with --confirm ${name}.`
      : `Key authentication of ${name} ends now: keyturn status shows when it is done.`
  say(host, said)
}
