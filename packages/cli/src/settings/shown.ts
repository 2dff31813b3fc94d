import { type Command, Option } from 'commander'
import { UsageError } from '../failure.ts'
import { type Host, say } from '../host.ts'
import { table } from '../view/table.ts'

/** A setting as it holds, and what said so; `null`: nobody did. */
export interface Shown {
  readonly name: string
  readonly value: unknown
  readonly from: string | null
}

export interface ShowOptions {
  readonly showConfig?: boolean
  readonly json?: boolean
}

/** For a command that runs a process: what it would run with, without running it. */
export const withShowConfig = (command: Command): Command =>
  command
    .option('--show-config', 'only say every setting, its value, and where that came from')
    .addOption(new Option('--json', 'print JSON, with --show-config'))

/** @throws {UsageError} where JSON is asked for, and nothing to print in it */
export const isToShow = ({ showConfig, json }: ShowOptions): boolean => {
  if (json && !showConfig) throw new UsageError('--json goes with --show-config.')
  return showConfig ?? false
}

/** Every setting, its value, and where that came from; `besides` goes along in JSON. */
export const saySettings = (
  host: Host,
  settings: readonly Shown[],
  json = false,
  besides: object = {},
): void => {
  if (json) {
    say(host, JSON.stringify({ settings, ...besides }))
    return
  }
  const rows = settings.map(({ name, value, from }) => [name, text(value), from ?? 'not set'])
  for (const line of table(['setting', 'value', 'from'], rows)) say(host, line)
}

const text = (value: unknown): string => {
  if (value === null) return '–'
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** What a file of settings says, and what holds besides: each leaf by its path. */
export const leavesOf = (whole: unknown, said: unknown, file: string): readonly Shown[] =>
  leaves('', whole, said, file)

const leaves = (name: string, value: unknown, said: unknown, file: string): readonly Shown[] => {
  if (!isBranch(value)) return [{ name, value, from: said === undefined ? 'default' : file }]
  return Object.entries(value).flatMap(([key, inner]) => {
    const saidInner = isBranch(said) ? said[key] : undefined
    return leaves(name === '' ? key : `${name}.${key}`, inner, saidInner, file)
  })
}

/** What has settings of its own: an object, or a list of them. */
const isBranch = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' &&
  value !== null &&
  (!Array.isArray(value) || value.some(one => typeof one === 'object'))
