import type { CommandWords, OptionWords } from './words.ts'

/** A script for zsh: sourced, or as a file _keyturn on the fpath. */
export const zshCompletion = (commands: readonly CommandWords[]): string => `#compdef keyturn
# zsh completion of keyturn: source <(keyturn completion zsh)
_keyturn() {
  local -a commands
  commands=(
${commands.map(({ name, does }) => `    ${quoted(`${name}:${does}`)}`).join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe -t commands command commands
    _arguments '--help[display help]' '--version[print the version]'
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
${commands.map(commandCase).join('\n')}
  esac
}
compdef _keyturn keyturn
`

const commandCase = ({ name, options, choices }: CommandWords): string => {
  const positional = choices.length === 0 ? [] : [quoted(`1:argument:(${choices.join(' ')})`)]
  const specs = [...options.flatMap(optionSpecs), ...positional]
  return `    ${name})
      _arguments ${specs.join(' \\\n        ')}
      ;;`
}

const optionSpecs = ({ flags, does, value }: OptionWords): string[] =>
  flags.map(flag => quoted(`${flag}[${does.replace(/[[\]:]/g, ' ')}]${argument(value)}`))

const argument = (value: OptionWords['value']): string => {
  if (value === 'none') return ''
  if (value === 'file') return ':file:_files'
  return value === 'any' ? ':value:' : `:value:(${value.join(' ')})`
}

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`
