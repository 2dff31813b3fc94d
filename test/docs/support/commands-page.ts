import { sidecarSettings } from '@keyturn/sidecar'
import { wholeProgram } from '../../../packages/cli/test/support/commands.ts'

type Command = Awaited<ReturnType<typeof wholeProgram>>['commands'][number]
type Option = Command['options'][number]

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ')

/** Told once, on a page of its own. */
const elsewhere: Readonly<Record<string, string>> = {
  sidecar: '\nIts [settings](../packages/sidecar/README.md#settings) are flags as well.\n',
}

const ofSidecar = sidecarSettings.map(({ flag }) => flag)

/** What every command that asks a coordinator takes: docs/configuration.md has it, and its test. */
const settingsOf = (command: Command): ReadonlySet<string | undefined> => {
  const asks = command.options.some(({ long }) => long === '--cert-key')
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
  const settings = settingsOf(command)
  const own = command.options.filter(
    ({ hidden, long, flags }) =>
      !hidden && !settings.has(long) && !(name === 'sidecar' && ofSidecar.includes(flags)),
  )
  if (own.length === 0) return head
  return `${head}${elsewhere[name] ?? ''}\n| flag | |\n|---|---|\n${own.map(row).join('\n')}\n`
}

/** The commands' part of docs/commands.md, as the commands themselves have it. */
export const commandsPart = async (): Promise<string> =>
  (await wholeProgram()).commands.map(section).join('\n')
