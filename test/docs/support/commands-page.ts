import { wholeProgram } from '../../../packages/cli/test/support/commands.ts'

type Command = Awaited<ReturnType<typeof wholeProgram>>['commands'][number]
type Option = Command['options'][number]

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ')

/** Told once, on pages of their own. */
const elsewhere: Readonly<Record<string, string>> = {
  sidecar: 'Its flags are its [settings](../packages/sidecar/README.md#settings).',
}

/** What every command that asks a coordinator takes: docs/configuration.md has it, and its test. */
const settingsOf = (command: Command): ReadonlySet<string | undefined> => {
  const asks = command.options.some(({ long }) => long === '--token-file')
  const names = ['coordinator', 'token-file', 'account', 'as', 'ca', 'cert', 'cert-key']
  const all = [...names, 'plain-accepted-by', 'config'].map(name => `--${name}`)
  return new Set(asks ? all : [])
}

const row = ({ flags, description }: Option): string =>
  `| \`${cell(flags)}\` | ${cell(description)} |`

const section = (command: Command): string => {
  const name = command.name()
  const words = command.registeredArguments.map(one =>
    one.required ? ` <${one.name()}>` : ` [${one.name()}]`,
  )
  const head = `## ${name}\n\n\`keyturn ${name}${words.join('')}\`: ${cell(command.description())}.\n`
  if (elsewhere[name] !== undefined) return `${head}\n${elsewhere[name]}\n`
  const settings = settingsOf(command)
  const own = command.options.filter(({ hidden, long }) => !hidden && !settings.has(long))
  if (own.length === 0) return head
  return `${head}\n| flag | |\n|---|---|\n${own.map(row).join('\n')}\n`
}

/** The commands' part of docs/commands.md, as the commands themselves have it. */
export const commandsPart = async (): Promise<string> =>
  (await wholeProgram()).commands.map(section).join('\n')
