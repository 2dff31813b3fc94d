import { type Command, CommanderError } from 'commander'
import { exitCode } from './exit-codes.ts'
import { Interrupted, isAboutInput, sentenceOf, UsageError } from './failure.ts'
import { complain, type Host } from './host.ts'
import { askedOf, helpAsAsked, programOf } from './program.ts'
import { settle } from './settings/options.ts'

/** Runs one command to its end and returns the exit code (see `exitCodes`). */
export const run = async (given: Host): Promise<number> => {
  const host = { ...given, argv: helpAsAsked(given.argv) }
  let ended = exitCode('done')
  const done = (code: number): void => {
    ended = code
  }
  const asked = askedOf(host.argv)
  try {
    const program = await programOf(host, done, name => name === asked?.name)
    for (const command of program.commands) {
      useEnvironment(command, host.env)
      command.hook('preAction', () => settle(command, host))
    }
    await program.parseAsync([...host.argv], { from: 'user' })
    return ended
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
  if (error instanceof CommanderError) return explainUsage(host, error)
  // Behind the terminal's own ^C.
  if (error instanceof Interrupted && host.stderr.isTTY) host.stderr.write('\n')
  complain(host, sentenceOf(error))
  if (error instanceof Interrupted) return error.exitCode
  return exitCode(error instanceof UsageError || isAboutInput(error) ? 'badInput' : 'failed')
}

const explainUsage = (host: Host, { exitCode: code, code: kind, message }: CommanderError) => {
  if (code === 0) return exitCode('done')
  // Without a command commander prints the whole help and says no more.
  if (kind === 'commander.help') return exitCode('badInput')
  const sentence = message
    .replace(/^error: /, '')
    .replace(/\s*\n\s*/g, ' ')
    .replace(/\.$/, '')
  const name = askedOf(host.argv)?.name
  complain(host, `${sentence}; see keyturn ${name === undefined ? '' : `${name} `}--help.`)
  return exitCode('badInput')
}
