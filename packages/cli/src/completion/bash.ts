import type { CommandWords, OptionWords } from './words.ts'

/** A script for bash 4 and newer, and for the 3.2 of macOS; it starts no process at a Tab. */
export const bashCompletion = (commands: readonly CommandWords[]): string => {
  const names = commands.map(({ name }) => name).join(' ')
  return `# bash completion of keyturn: source <(keyturn completion bash)
_keyturn() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" word command="" i
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    word="\${COMP_WORDS[i]}"
    case "$word" in -*) ;; *) command="$word"; break ;; esac
  done
  if [ -z "$command" ]; then
    COMPREPLY=($(compgen -W "${names} --help --version" -- "$current"))
    return
  fi
  case "$command" in
${commands.map(commandCase).join('\n')}
  esac
}
complete -F _keyturn keyturn
`
}

const commandCase = ({ name, options, choices }: CommandWords): string => {
  const flags = options.flatMap(option => option.flags).join(' ')
  return `    ${name})
      case "$previous" in
${options.flatMap(valueCase).join('\n')}
      esac
      COMPREPLY=($(compgen -W "${[flags, ...choices].join(' ')}" -- "$current"))
      ;;`
}

const valueCase = ({ flags, value }: OptionWords): string[] => {
  if (value === 'none') return []
  const does =
    value === 'any'
      ? ''
      : value === 'file'
        ? 'COMPREPLY=($(compgen -f -- "$current")); '
        : `COMPREPLY=($(compgen -W "${value.join(' ')}" -- "$current")); `
  return [`        ${flags.join(' | ')}) ${does}return ;;`]
}
