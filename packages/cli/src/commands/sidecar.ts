import {
  podOf,
  type ReadConfig,
  readSidecarConfig,
  Sidecar,
  sidecarOptionsOf,
  sidecarSettings,
} from '@keyturn/sidecar'
import { Command, Option } from 'commander'
import { pino } from 'pino'
import { azureCredential } from '../credential.ts'
import { type Host, untilAskedToEnd } from '../host.ts'
import { useLittleMemory } from '../little-memory.ts'
import { readJson } from '../read-file.ts'
import {
  isToShow,
  type Shown,
  type ShowOptions,
  saySettings,
  withShowConfig,
} from '../settings/shown.ts'

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
  return withShowConfig(command).action(async (raw: Raw) => {
    const show = command.opts<ShowOptions>()
    const isShown = isToShow(show)
    useLittleMemory()
    const flags = Object.fromEntries(
      options
        .filter(({ attribute }) => command.getOptionValueSource(attribute) === 'cli')
        .map(({ path, attribute }) => [path, raw[attribute]]),
    )
    const path = raw['config']
    const read = readSidecarConfig({
      env: host.env,
      flags,
      ...(typeof path === 'string' ? { file: { path, json: readJson(path) } } : {}),
    })
    const pod = podOf(host.env)
    if (isShown) return saySettings(host, settingsOf(read, path, pod?.name), show.json)
    const sidecarOptions = await sidecarOptionsOf(read.config, {
      pod,
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

/** Each setting as it holds, and the flag, the variable or the file that says so. */
const settingsOf = (
  { config, origins }: ReadConfig,
  file: unknown,
  podName: string | undefined,
): readonly Shown[] =>
  sidecarSettings.map(({ path, flag, variable }) => {
    const value = path.split('.').reduce<unknown>((at, part) => Object(at)[part], config)
    const [flagAlone = flag] = flag.split(' ', 1)
    const by = { flag: flagAlone, environment: variable, file: String(file) }
    const origin = origins.get(path)
    if (origin !== undefined) return { name: path, value, from: by[origin] }
    const isOfPod = path === 'name' && podName !== undefined
    return isOfPod
      ? { name: path, value: podName, from: 'KEYTURN_POD_NAME' }
      : { name: path, value: null, from: null }
  })
