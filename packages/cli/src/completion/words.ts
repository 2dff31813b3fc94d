import type { Command, Option } from 'commander'

/** What a shell can offer of one option. */
export interface OptionWords {
  readonly flags: readonly string[]
  readonly does: string
  /** What follows it: nothing, one of these, a file, or anything. */
  readonly value: 'none' | 'file' | 'any' | readonly string[]
}

export interface CommandWords {
  readonly name: string
  readonly does: string
  readonly options: readonly OptionWords[]
  /** Of its argument; none where it takes anything or nothing. */
  readonly choices: readonly string[]
}

/** Every command with its options, from commander's own tree: nothing is listed twice. */
export const wordsOf = (program: Command): readonly CommandWords[] =>
  program.commands.map(command => ({
    name: command.name(),
    does: command.description(),
    options: [...command.options.filter(({ hidden }) => !hidden).map(optionOf), help],
    choices: command.registeredArguments[0]?.argChoices ?? [],
  }))

const help: OptionWords = { flags: ['-h', '--help'], does: 'display help', value: 'none' }

const optionOf = (option: Option): OptionWords => {
  const { short, long, description, argChoices, flags } = option
  const names = [short, long].filter(name => name !== undefined && name !== null)
  return { flags: names, does: description, value: valueIn(flags, argChoices) }
}

const valueIn = (flags: string, choices: readonly string[] | undefined): OptionWords['value'] => {
  if (!flags.includes('<')) return 'none'
  if (choices) return choices
  return /<(path|directory|file)>/.test(flags) ? 'file' : 'any'
}
