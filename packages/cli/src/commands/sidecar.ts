import { readFileSync } from 'node:fs'
import {
  podOf,
  readSidecarConfig,
  Sidecar,
  sidecarOptionsOf,
  sidecarSettings,
} from '@keyturn/sidecar'
import { Command, Option } from 'commander'
import { pino } from 'pino'
import { azureCredential } from '../credential.ts'
import { sentenceOf, UsageError } from '../failure.ts'
import { type Host, untilAskedToEnd } from '../host.ts'
import { useLittleMemory } from '../little-memory.ts'

type Raw = Readonly<Record<string, string | readonly string[] | undefined>>

const many = (text: string, before: readonly string[] | undefined): readonly string[] => [
  ...(before ?? []),
  text,
]

export const sidecarCommand = (host: Host): Command => {
  const command = new Command('sidecar')
    .description('beside an application: bring new keys in, report which are in use')
    .addOption(
      new Option('--config <path>', 'settings in a JSON file; flags and variables count more').env(
        'KEYTURN_SIDECAR_CONFIG',
      ),
    )
    .addHelpText(
      'after',
      '\nExample:\n  keyturn sidecar --name orders-1 --vault https://v.vault.azure.net --secret orders-keyset \\\n    --coordinator https://keyturn.internal:8443 --token-file /run/keyturn/member.token --state /var/lib/keyturn',
    )
  const options = sidecarSettings.map(({ path, flag, variable, description }) => {
    const option = new Option(flag, description).env(variable)
    if (path === 'render') option.argParser(many)
    command.addOption(option)
    return { path, attribute: option.attributeName() }
  })
  return command.action(async (raw: Raw) => {
    useLittleMemory()
    const flags = Object.fromEntries(
      options
        .filter(({ attribute }) => command.getOptionValueSource(attribute) === 'cli')
        .map(({ path, attribute }) => [path, raw[attribute]]),
    )
    const path = raw['config']
    const { config } = readSidecarConfig({
      env: host.env,
      flags,
      ...(typeof path === 'string' ? { file: { path, json: readJson(path) } } : {}),
    })
    const sidecarOptions = await sidecarOptionsOf(config, {
      pod: podOf(host.env),
      credential: () => azureCredential(host.env),
    })
    const { name } = sidecarOptions
    const log = pino({ base: { part: 'sidecar', member: name } }, host.stdout)
    const sidecar = new Sidecar({ ...sidecarOptions, log })
    await sidecar.start()
    await untilAskedToEnd(host.signal)
    await sidecar.stop()
  })
}

const readJson = (path: string): unknown => {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    const why = error instanceof SyntaxError ? 'it is not JSON' : sentenceOf(error)
    throw new UsageError(`The configuration ${path} cannot be read: ${why}.`)
  }
}
