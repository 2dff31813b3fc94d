import type { CommandWords, OptionWords } from './words.ts'

/** Commands for fish: piped into `source`, or as a file keyturn.fish in its completions. */
export const fishCompletion = (commands: readonly CommandWords[]): string =>
  [
    '# fish completion of keyturn: keyturn completion fish | source',
    'complete -c keyturn -f',
    ...commands.flatMap(commandLines),
    '',
  ].join('\n')

const commandLines = ({ name, does, options, choices }: CommandWords): string[] => {
  const here = `complete -c keyturn -n '__fish_seen_subcommand_from ${name}'`
  return [
    `complete -c keyturn -n __fish_use_subcommand -a ${name} -d ${quoted(does)}`,
    ...(choices.length === 0 ? [] : [`${here} -a ${quoted(choices.join(' '))}`]),
    ...options.map(option => `${here} ${optionLine(option)}`),
  ]
}

const optionLine = ({ flags, does, value }: OptionWords): string => {
  const names = flags.map(flag => (flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag[1]}`))
  const takes =
    value === 'none'
      ? []
      : value === 'file'
        ? ['-r -F']
        : value === 'any'
          ? ['-x']
          : [`-x -a ${quoted(value.join(' '))}`]
  return [...names, ...takes, `-d ${quoted(does)}`].join(' ')
}

const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
