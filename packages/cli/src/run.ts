import { Command, CommanderError } from 'commander'
import { azureSimCommand } from './commands/azure-sim.ts'
import { coordinatorCommand } from './commands/coordinator.ts'
import { demoCommand } from './commands/demo.ts'
import { historyCommand } from './commands/history.ts'
import { planCommand } from './commands/plan.ts'
import { retireCommand } from './commands/retire.ts'
import { sidecarCommand } from './commands/sidecar.ts'
import { statusCommand } from './commands/status.ts'
import { verbCommands } from './commands/verbs.ts'
import { Interrupted, isAboutInput, sentenceOf, UsageError } from './failure.ts'
import { complain, type Host } from './host.ts'

/** Runs one command to its end and returns the exit code: 0 done, 1 failed, 2 bad input, 130 Ctrl-C. */
export const run = async (host: Host): Promise<number> => {
  let exitCode = 0
  const done = (code: number): void => {
    exitCode = code
  }
  const program = new Command('keyturn')
    .description('Zero-downtime rotation of Azure Cosmos DB account keys')
    .showHelpAfterError(false)
  for (const command of [
    demoCommand(host, done),
    azureSimCommand(host),
    sidecarCommand(host),
    coordinatorCommand(host),
    planCommand(host),
    ...verbCommands(host),
    retireCommand(host),
    statusCommand(host),
    historyCommand(host),
  ]) {
    program.addCommand(command)
  }
  for (const command of [program, ...program.commands]) {
    command.exitOverride().configureOutput({
      writeOut: text => host.stdout.write(text),
      writeErr: text => host.stderr.write(text),
      outputError: () => undefined,
    })
  }
  for (const command of program.commands) useEnvironment(command, host.env)
  try {
    await program.parseAsync([...host.argv], { from: 'user' })
    return exitCode
  } catch (error) {
    return explain(host, error)
  }
}

/** Options that a variable may set: the host's, which need not be those of this process. */
const useEnvironment = (command: Command, env: Host['env']): void => {
  for (const option of command.options) {
    const value = option.envVar === undefined ? undefined : env[option.envVar]
    if (value !== undefined) {
      command.setOptionValueWithSource(option.attributeName(), value, 'env')
    }
  }
}

const explain = (host: Host, error: unknown): number => {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return 0
    // Without a command commander prints the whole help and says no more.
    if (error.code === 'commander.help') return 2
    complain(
      host,
      `${error.message
        .replace(/^error: /, '')
        .replace(/\s*\n\s*/g, ' ')
        .replace(/\.$/, '')}; see --help.`,
    )
    return 2
  }
  // Behind the terminal's own ^C.
  if (error instanceof Interrupted && host.stderr.isTTY) host.stderr.write('\n')
  complain(host, sentenceOf(error))
  if (error instanceof Interrupted) return error.exitCode
  return error instanceof UsageError || isAboutInput(error) ? 2 : 1
}
