import { programOf } from '../../src/program.ts'
import { FakeHost } from './host.ts'

/** Words of a command line as a shell takes them apart: quotes, and no more. */
export const wordsOf = (line: string): string[] =>
  [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '')

/** The whole program, every command loaded. */
export const wholeProgram = (argv: readonly string[] = []) =>
  programOf(
    new FakeHost(argv),
    () => undefined,
    () => true,
  )

/**
 * What is wrong with a command line as it stands in help, in a blocker's remedy or in the docs;
 * `null`: it would be taken. Nothing is run.
 */
export const faultOf = async (line: string): Promise<string | null> => {
  const [first = '', name = '', ...rest] = wordsOf(line.replace(/ [|>] .*$/, '')).filter(
    word => !/^[A-Z_]+=/.test(word),
  )
  if (first !== 'keyturn') return `${line}: does not begin with keyturn`
  const command = (await wholeProgram()).commands.find(each => each.name() === name)
  if (!command) return `${line}: no command ${name}`
  const { operands, unknown } = command.parseOptions(rest)
  if (unknown.length > 0) return `${line}: unknown ${unknown.join(' ')}`
  const wanted = command.registeredArguments.filter(({ required }) => required).length
  if (operands.length < wanted || operands.length > command.registeredArguments.length) {
    return `${line}: ${operands.length} arguments`
  }
  const missing = command.options.find(
    option => option.mandatory && command.getOptionValue(option.attributeName()) === undefined,
  )
  return missing ? `${line}: without ${missing.long}` : null
}
