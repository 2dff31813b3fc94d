import { type Command, Option } from 'commander'
import { UsageError } from '../failure.ts'
import type { Host } from '../host.ts'
import { fileOf, readSettings } from './file.ts'
import { configVariable, flagOf, type Setting, settings } from './table.ts'

const table: readonly Setting[] = settings

/** Commands that take these settings, whoever made them. */
const settled = new WeakSet<Command>()

/** Adds every setting as an option, and `--config` where the command has none of its own. */
export const withSettings = (command: Command): Command => {
  settled.add(command)
  command.optionsGroup('Settings:')
  for (const { name, value, env, does, default: usual } of table) {
    const option = new Option(`${flagOf(name)} <${value}>`, does).env(env)
    command.addOption(usual === undefined ? option : option.default(usual))
  }
  if (!command.options.some(({ long }) => long === '--config')) {
    command.addOption(
      new Option('--config <path>', 'the file of these settings (JSON)').env(configVariable),
    )
  }
  return command.optionsGroup('Options:')
}

export interface Origin {
  readonly name: string
  readonly value: string | null
  /** The flag, the variable or the file that won; `default`, or `null` where nothing is set. */
  readonly from: string | null
}

/**
 * Flags win over variables, variables over the file: what only the file says is set here.
 * @throws {UsageError} where the file or a value is none.
 */
export const settle = (command: Command, { env }: Host): void => {
  if (!settled.has(command)) return
  const file = settingsFile(command, env)
  const said = file === null ? {} : readSettings(file)
  for (const setting of table) {
    const { name } = setting
    const isSet = ['cli', 'env'].includes(command.getOptionValueSource(name) ?? '')
    const value: unknown = command.getOptionValue(name)
    // An empty variable is one that was unset.
    if (isSet && value !== '') continue
    const inFile = said[name as keyof typeof said]
    const source = inFile === undefined ? 'default' : 'config'
    command.setOptionValueWithSource(name, inFile ?? setting.default, source)
  }
  for (const setting of table) check(setting, command.getOptionValue(setting.name))
}

const settingsFile = (command: Command, env: Host['env']): string | null => {
  const own = command.options.find(({ long }) => long === '--config')
  const isOurs = own?.envVar === configVariable
  return fileOf(isOurs ? command.getOptionValue('config') : env[configVariable], env)
}

const check = ({ name, value: kind }: Setting, value: unknown): void => {
  if (kind !== 'url' || typeof value !== 'string') return
  const url = URL.canParse(value) ? new URL(value) : null
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new UsageError(`${flagOf(name)}: ${url === null ? value : url.protocol} is not a URL.`)
  }
  if (url.username !== '' || url.password !== '') {
    throw new UsageError(`${flagOf(name)}: a URL must hold no name or password.`)
  }
}

/** Where each setting's value came from. */
export const originsOf = (command: Command, { env }: Host): readonly Origin[] =>
  table.map(({ name, env: variable }) => {
    const value = (command.getOptionValue(name) as string | undefined) ?? null
    const source = command.getOptionValueSource(name)
    const from =
      source === 'cli'
        ? flagOf(name)
        : source === 'env'
          ? variable
          : source === 'config'
            ? settingsFile(command, env)
            : 'default'
    return { name, value, from: value === null ? null : from }
  })
