import { files, keyVault, type Source } from '@keyturn/keyring'
import { type Pod, socketVariable } from '@keyturn/protocol'
import { podOf, Sidecar } from '@keyturn/sidecar'
import { Command, InvalidArgumentError, Option } from 'commander'
import { pino } from 'pino'
import { azureCredential } from '../credential.ts'
import { UsageError } from '../failure.ts'
import { type Host, untilAskedToEnd } from '../host.ts'
import { readToken } from '../read-file.ts'

interface Options {
  readonly name?: string
  readonly vault?: string
  readonly secret?: string
  readonly directory?: string
  readonly cosmosAccount?: string
  readonly endpoint?: string
  readonly socketMode?: number
  readonly socket?: string
  readonly state?: string
  readonly coordinator?: string
  readonly tokenFile?: string
  readonly joinWaitMs?: number
  readonly holdMs?: number
}

const parseMs = (text: string): number => {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('give whole milliseconds.')
  return Number(text)
}

const parseMode = (text: string): number => {
  if (!/^0?[0-7]{3}$/.test(text)) throw new InvalidArgumentError('give three octal digits.')
  return Number.parseInt(text, 8)
}

export const sidecarCommand = (host: Host): Command =>
  new Command('sidecar')
    .description('beside an application: bring new keys in, report which are in use')
    .option(
      '--name <name>',
      'the member’s name in the fleet, the same after a restart; in Kubernetes the pod’s',
    )
    .option('--vault <url>', 'the Key Vault that holds the keyset')
    .option('--secret <name>', 'the secret’s name')
    .option('--directory <path>', 'a mounted directory instead of a vault')
    .option('--cosmos-account <id>', 'ARM resource id, where the directory’s files do not say it')
    .option('--endpoint <url>', 'the account’s endpoint, where the files do not say it')
    .addOption(new Option('--socket <path>', 'where applications attach').env(socketVariable))
    .option('--socket-mode <octal>', '660 where containers share a group; default 600', parseMode)
    .option('--state <directory>', 'remembers clients and versions across restarts, never a key')
    .addOption(new Option('--coordinator <url>', 'whom it reports to').env('KEYTURN_COORDINATOR'))
    .addOption(
      new Option('--token-file <path>', 'the file that holds the member token').env(
        'KEYTURN_TOKEN_FILE',
      ),
    )
    .option('--join-wait-ms <ms>', 'how long the first keyset waits for a coordinator', parseMs)
    .option('--hold-ms <ms>', 'how long the coordinator may hold a report', parseMs)
    .addHelpText(
      'after',
      '\nExample:\n  keyturn sidecar --name orders-1 --vault https://v.vault.azure.net --secret cosmos-keyset \\\n    --coordinator https://keyturn.internal:8443 --token-file /run/keyturn/member.token --state /var/lib/keyturn',
    )
    .action(async (options: Options) => {
      const pod = podOf(host.env)
      const name = nameOf(options, pod)
      const sidecar = new Sidecar({
        name,
        source: await sourceOf(host, options),
        log: pino({ base: { part: 'sidecar', member: name } }, host.stdout),
        ...(pod === null ? {} : { pod }),
        ...defined('socket', options.socket),
        ...defined('socketMode', options.socketMode),
        ...defined('stateDirectory', options.state),
        ...defined('joinWaitMs', options.joinWaitMs),
        ...defined('holdMs', options.holdMs),
        ...defined('coordinator', coordinatorOf(options)),
      })
      await sidecar.start()
      await untilAskedToEnd(host.signal)
      await sidecar.stop()
    })

const nameOf = ({ name }: Options, pod: Pod | null): string => {
  if (name !== undefined) return name
  if (pod !== null) return pod.name
  throw new UsageError(
    'Give the member a name with --name: one per sidecar, the same after a restart.',
  )
}

const sourceOf = async (host: Host, options: Options): Promise<Source> => {
  const { vault, secret, directory, cosmosAccount, endpoint } = options
  if (directory !== undefined && vault === undefined) {
    const subject = { ...defined('account', cosmosAccount), ...defined('endpoint', endpoint) }
    return files({ directory, ...subject })
  }
  if (vault !== undefined && secret !== undefined && directory === undefined) {
    if (!URL.canParse(vault)) throw new UsageError(`The vault ${vault} is not a URL.`)
    const credential = await azureCredential(host.env)
    return keyVault({ vaultUrl: vault, secretName: secret, credential })
  }
  throw new UsageError('Name one source: --vault with --secret, or --directory.')
}

const coordinatorOf = ({ coordinator, tokenFile }: Options) => {
  if (coordinator === undefined) return undefined
  if (tokenFile === undefined) {
    throw new UsageError('Name the file that holds the member token with --token-file.')
  }
  readToken(tokenFile)
  // Read anew for each report, so that a token may be replaced.
  return { url: coordinator, token: () => readToken(tokenFile) }
}

const defined = <K extends string, V>(name: K, value: V | undefined) =>
  (value === undefined ? {} : { [name]: value }) as { [P in K]?: V }
