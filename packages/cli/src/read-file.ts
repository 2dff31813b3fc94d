import { readFileSync } from 'node:fs'
import type { z } from 'zod'
import { sentenceOf, UsageError } from './failure.ts'

/** Reads a JSON file that has to be as the schema says. @throws {UsageError} in one sentence. */
export const readConfiguration = <T>(path: string, schema: z.ZodType<T>): T => {
  let value: unknown
  try {
    value = JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    const why = error instanceof SyntaxError ? 'it is not JSON' : sentenceOf(error)
    throw new UsageError(`The configuration ${path} cannot be read: ${why}.`)
  }
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const where = issue?.path.length ? ` at ${issue.path.join('.')}` : ''
  throw new UsageError(
    `The configuration ${path} is wrong${where}: ${issue?.message ?? 'invalid'}.`,
  )
}

/** Reads a token from its file. @throws {UsageError} in one sentence. */
export const readToken = (path: string): string => {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch (error) {
    throw new UsageError(`The token file cannot be read: ${sentenceOf(error)}.`)
  }
}

/** The account of that name, or the only one. @throws {UsageError} in one sentence. */
export const accountNamed = <T extends { readonly name: string }>(
  accounts: readonly T[],
  name: string | undefined,
): T => {
  const [only, ...others] =
    name === undefined ? accounts : accounts.filter(one => one.name === name)
  if (only && others.length === 0) return only
  const names = accounts.map(account => account.name).join(', ')
  throw new UsageError(
    name === undefined
      ? `Name one account with --account: there are ${names}.`
      : `The configuration has no account ${name}: there is ${names}.`,
  )
}
