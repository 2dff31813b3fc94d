import { Command } from 'commander'
import { catalogue, type Entry, entries } from './catalogue.ts'
import { type Done, type Host, sizeOf } from './host.ts'
import { versionOf } from './version.ts'

/** The whole program, of which only the commands named are loaded; the others are listed. */
export const programOf = async (
  host: Host,
  done: Done,
  isAsked: (name: string) => boolean,
): Promise<Command> => {
  const program = new Command('keyturn')
    .description('Zero-downtime rotation of Azure Cosmos DB account keys')
    .usage('<command> [options]')
    .addHelpText('after', '\nkeyturn <command> --help explains one, with an example.')
    .configureHelp({ subcommandTerm: command => command.name() })
    .showHelpAfterError(false)
    .helpCommand(false)
    .version(await versionOf(), '-V, --version', 'print the version')
  const whole = () => programOf(host, done, () => true)
  for (const { heading, entries: listed } of catalogue) {
    program.commandsGroup(heading)
    for (const entry of listed) {
      const { name, does } = entry
      const command = isAsked(name) ? await entry.load(host, done, whole) : new Command(name)
      program.addCommand(command.description(does))
    }
  }
  for (const command of [program, ...program.commands]) quieten(command, host)
  return program
}

/** `keyturn help rotate` asks for `keyturn rotate --help`. */
export const helpAsAsked = (argv: readonly string[]): readonly string[] =>
  argv[0] === 'help' ? [...argv.slice(1), '--help'] : argv

/** Which command is asked for, by its place. */
export const askedOf = (argv: readonly string[]): Entry | null => {
  const named = argv.find(word => !word.startsWith('-'))
  return entries.find(({ name }) => name === named) ?? null
}

const quieten = (command: Command, { stdout, stderr }: Host): void => {
  command.exitOverride().configureOutput({
    writeOut: text => stdout.write(text),
    writeErr: text => stderr.write(text),
    outputError: () => undefined,
    getOutHelpWidth: () => sizeOf({ stdout }).columns ?? 100,
    getErrHelpWidth: () => sizeOf({ stdout }).columns ?? 100,
    // Help is plain on every terminal.
    getOutHasColors: () => false,
    getErrHasColors: () => false,
  })
}
