import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { CoordinatorConfig } from '@keyturn/coordinator'
import { Command } from 'commander'
import { azureCredential } from '../credential.ts'
import { Failure, sentenceOf, UsageError } from '../failure.ts'
import { type Host, say } from '../host.ts'
import { OperatorClient, type OperatorOptions, withOperatorOptions } from '../operator-client.ts'
import { accountNamed, readConfiguration } from '../read-file.ts'
import { coordinatorOf, setupLines, setupOf } from '../view/setup.ts'

interface InitOptions extends OperatorOptions {
  readonly config?: string
  readonly takeOver?: boolean
  readonly json?: boolean
  readonly write?: string
  readonly cosmosAccount?: string
  readonly vault?: string
  readonly secret?: string
  readonly member?: readonly string[]
  readonly armEndpoint?: string
  readonly dataDirectory?: string
  readonly port: string
  readonly trial?: boolean
}

const collect = (value: string, before: readonly string[] = []): readonly string[] => [
  ...before,
  value,
]

/** Adopts an account; or, before there is a coordinator, writes its first configuration. */
export const initCommand = (host: Host): Command => {
  const command = new Command('init').option(
    '--config <path>',
    'the coordinator’s configuration (JSON): prints what its sidecars need',
  )
  return withOperatorOptions(command)
    .option('--take-over', 'take over a keyset that another installation wrote', false)
    .option('--json', 'print JSON')
    .optionsGroup('Before there is a coordinator:')
    .option(
      '--write <path>',
      'only write a first configuration for it; asks Azure, changes nothing',
    )
    .option('--cosmos-account <id>', 'ARM resource id of the account')
    .option('--vault <url>', 'the Key Vault for its keyset')
    .option('--secret <name>', 'the secret’s name; the account’s and -keyset without it')
    .option('--member <name>', 'a sidecar that has to be there; may be said again', collect)
    .option('--data-directory <path>', 'for journal and tokens; keyturn-data beside the file')
    .option('--port <number>', 'where it will listen', '8443')
    .option('--arm-endpoint <url>', 'of another cloud, or of keyturn azure-sim')
    .option('--trial', 'spans of seconds, for an account that nobody depends on')
    .addHelpText(
      'after',
      `
Example:
  keyturn init --write coordinator.json --cosmos-account /subscriptions/…/databaseAccounts/orders \\
    --vault https://shop.vault.azure.net --member orders-1
  keyturn coordinator --config coordinator.json
  keyturn init --config coordinator.json`,
    )
    .action(async (options: InitOptions) => {
      if (options.write === undefined) await adopt(host, command, options)
      else await write(host, options, options.write)
    })
}

const adopt = async (host: Host, command: Command, options: InitOptions): Promise<void> => {
  const { coordinatorConfigSchema } = await import('@keyturn/coordinator')
  const config =
    options.config === undefined ? null : readConfiguration(options.config, coordinatorConfigSchema)
  const settings = config ? settingsIn(command, options, config) : options
  const { takeOver = false } = options
  const status = await new OperatorClient(settings).verb({ verb: 'adopt', takeOver })
  const account = config && accountNamed(config.accounts, status.name)
  const setup =
    config && account
      ? setupOf(account, settings.coordinator ?? '', join(config.dataDirectory, 'member.token'))
      : null
  if (options.json) return say(host, JSON.stringify({ ...status, setup }))
  const { version = 1, active = 'primary' } = status.published ?? {}
  const words = `${status.name} is adopted: version ${version}, ${active} signs. No key was changed.`
  say(host, words)
  for (const line of setup ? setupLines(setup) : []) say(host, line)
}

/** The coordinator of this configuration on this machine, where no other one is named. */
const settingsIn = (
  command: Command,
  options: InitOptions,
  config: CoordinatorConfig,
): OperatorOptions => {
  const isNamed = command.getOptionValueSource('coordinator') !== 'default'
  return {
    ...options,
    ...(isNamed ? {} : coordinatorOf(config)),
    tokenFile: options.tokenFile ?? join(config.dataDirectory, 'operator.token'),
  }
}

const write = async (host: Host, options: InitOptions, path: string): Promise<void> => {
  const { cosmosAccount, vault, member = [], armEndpoint, trial = false } = options
  if (cosmosAccount === undefined || vault === undefined) {
    throw new UsageError('Name the account and its vault with --cosmos-account and --vault.')
  }
  const { coordinatorConfigSchema, firstConfig } = await import('@keyturn/coordinator')
  const name = options.account ?? cosmosAccount.split('/').at(-1) ?? ''
  const config = await firstConfig({
    ...{ name, account: cosmosAccount, vaultUrl: vault, members: member, armEndpoint, trial },
    secret: options.secret ?? `${name}-keyset`,
    dataDirectory: resolve(options.dataDirectory ?? join(path, '..', 'keyturn-data')),
    port: Number(options.port),
    credential: await azureCredential(host.env),
  }).catch(error => {
    throw new Failure(sentenceOf(error))
  })
  const checked = coordinatorConfigSchema.safeParse(config)
  if (!checked.success) {
    const [issue] = checked.error.issues
    throw new UsageError(
      `${issue?.path.join('.') ?? 'an option'}: ${issue?.message ?? 'is wrong'}.`,
    )
  }
  // Never over one that is there: it may hold somebody's policy.
  writeFileSync(path, `${JSON.stringify(config, null, 2)}\n`, { flag: 'wx', mode: 0o644 })
  say(
    host,
    `Wrote ${path}, for ${config.accounts[0]?.endpoint ?? ''}. Nothing was changed in Azure.`,
  )
  say(host, `Next: keyturn coordinator --config ${path}, and then keyturn init --config ${path}`)
}
