import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { AccountConfig, CoordinatorConfig, Examination, Facts } from '@keyturn/coordinator'
import { Command } from 'commander'
import { azureCredential } from '../credential.ts'
import { exitCode } from '../exit-codes.ts'
import { sentenceOf } from '../failure.ts'
import { columnsOf, type Host, say } from '../host.ts'
import { OperatorClient, type OperatorOptions, withOperatorOptions } from '../operator-client.ts'
import { accountNamed, readConfiguration } from '../read-file.ts'
import { versionOf } from '../version.ts'
import { examinationLines } from '../view/examination.ts'
import { coordinatorOf } from '../view/setup.ts'

interface DoctorOptions extends OperatorOptions {
  readonly config: string
  readonly probeStandby?: boolean
  readonly role?: boolean
  readonly json?: boolean
}

export const doctorCommand = (host: Host, done: (code: number) => void): Command => {
  const command = new Command('doctor').requiredOption(
    '--config <path>',
    'the coordinator’s configuration (JSON)',
  )
  return withOperatorOptions(command)
    .option('--probe-standby', 'try the key that would go first as well: it counts as its use')
    .option('--role', 'only print the Azure role that the coordinator needs (JSON)')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Example:
  keyturn doctor --config coordinator.json
  keyturn doctor --config coordinator.json --role > role.json

Exit code 1 where anything is wrong. Nothing is changed.`,
    )
    .action(async (options: DoctorOptions) => {
      const { coordinatorConfigSchema, coordinatorRole, examine } = await import(
        '@keyturn/coordinator'
      )
      const config = readConfiguration(options.config, coordinatorConfigSchema)
      const { accounts } = config
      const only = options.account && accountNamed(accounts, options.account).name
      if (options.role) {
        const account = config.accounts.find(({ name }) => name === only) ?? config.accounts[0]
        return say(host, JSON.stringify(coordinatorRole(account?.account ?? ''), null, 2))
      }
      const examined = await examine({
        config,
        only,
        credential: await azureCredential(host.env),
        authority: host.env['AZURE_AUTHORITY_HOST'],
        coordinator: coordinatorFor(command, options, config),
        release: await versionOf(),
        probeStandby: options.probeStandby === true,
      })
      tell(host, options, examined)
      if (examined.some(({ verdict }) => verdict === 'wrong')) done(exitCode('failed'))
    })
}

/** The coordinator that was named, or the one of this configuration, if it runs on this machine. */
const coordinatorFor = (command: Command, options: DoctorOptions, config: CoordinatorConfig) => {
  const { listen, dataDirectory } = config
  const isNamed = command.getOptionValueSource('coordinator') !== 'default'
  const ownToken = join(dataDirectory, 'operator.token')
  const tokenFile = options.tokenFile ?? (existsSync(ownToken) ? ownToken : undefined)
  if (!isNamed && (tokenFile === undefined || listen.port === 0)) return null
  const own = isNamed ? {} : coordinatorOf(config)
  const settings = { ...options, ...own, tokenFile } as OperatorOptions
  return async ({ name }: AccountConfig): Promise<Facts['coordinator']> => {
    try {
      const status = await new OperatorClient({ ...settings, account: name }).status()
      return { known: true, value: status }
    } catch (error) {
      return { known: false, why: sentenceOf(error).replace(/\.$/, '') }
    }
  }
}

const tell = (host: Host, { json }: DoctorOptions, examined: readonly Examination[]): void => {
  if (json) say(host, JSON.stringify({ accounts: examined }))
  else
    for (const one of examined)
      for (const line of examinationLines(one, columnsOf(host))) say(host, line)
}
