import { userInfo } from 'node:os'
import type { Repaired } from '@keyturn/coordinator'
import { Command, InvalidArgumentError, Option } from 'commander'
import { azureCredential } from '../credential.ts'
import { Failure, UsageError } from '../failure.ts'
import { type Host, say } from '../host.ts'
import { accountNamed, readConfiguration } from '../read-file.ts'

interface PublishOptions {
  readonly fromArm?: boolean
  readonly config: string
  readonly account?: string
  readonly reason: string
  readonly as?: string
  readonly aboveVersion?: number
  readonly active?: 'primary' | 'secondary'
  readonly force?: boolean
  readonly json?: boolean
}

const parseVersion = (text: string): number => {
  const version = Number(text)
  if (!/^\d+$/.test(text) || version > 2 ** 52) {
    throw new InvalidArgumentError('give a whole number.')
  }
  return version
}

export const publishCommand = (host: Host): Command =>
  new Command('publish')
    .option('--from-arm', 'write the keys that Azure shows; changes no key')
    .requiredOption('--config <path>', 'the coordinator’s configuration (JSON)')
    .option('--account <name>', 'the account; needed where there are several')
    .requiredOption('--reason <text>', 'why: it goes into the keyset, and then into the journal')
    .option('--as <name>', 'who asks; you, as this machine knows you, without it')
    .option('--above-version <number>', 'a version that some client may hold', parseVersion)
    .addOption(
      new Option('--active <slot>', 'which key signs; as the last known keyset has it').choices([
        'primary',
        'secondary',
      ]),
    )
    .option('--force', 'go on against what stands in the way')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
For the case that the vault is damaged and no coordinator can be started: one that runs repairs
the vault by itself. A coordinator that comes back goes on from what is written here.

Example:
  keyturn publish --from-arm --config coordinator.json --reason "the secret was overwritten"`,
    )
    .action(async (options: PublishOptions) => {
      if (!options.fromArm) throw new UsageError('Say whose keys are meant: --from-arm.')
      const { coordinatorConfigSchema, publishFromArm, RepairError } = await import(
        '@keyturn/coordinator'
      )
      const config = readConfiguration(options.config, coordinatorConfigSchema)
      const { reason, as, aboveVersion, active, force = false } = options
      if (reason.trim() === '') throw new UsageError('Say why with --reason.')
      const repaired = await publishFromArm({
        config,
        account: accountNamed(config.accounts, options.account),
        credential: await azureCredential(host.env),
        by: as ?? host.env['KEYTURN_OPERATOR'] ?? userInfo().username,
        ...{ reason, aboveVersion, active, force },
      }).catch(error => {
        throw error instanceof RepairError ? new Failure(error.message, error.code) : error
      })
      if (options.json) say(host, JSON.stringify(repaired))
      else tell(host, repaired)
    })

const tell = (host: Host, { version, active, fenced, fingerprints, forced }: Repaired): void => {
  const fences = fenced.length > 0 ? `, ${fenced.join()} fenced` : ''
  say(host, `Version ${version} stands in Key Vault: ${active} signs${fences}.`)
  for (const slot of ['primary', 'secondary'] as const) {
    say(host, `  ${slot.padEnd(9)} ${fingerprints[slot]}`)
  }
  if (forced.length > 0) say(host, `  gone over by force: ${forced.join(', ')}`)
  say(host, 'Sidecars take it at their next read. A coordinator that comes back goes on from it.')
}
