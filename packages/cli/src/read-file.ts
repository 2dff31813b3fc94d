import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { sentenceOf, UsageError } from './failure.ts'
import { didYouMean } from './nearest.ts'

/** Reads a configuration in JSON. @throws {UsageError} in one sentence. */
export const readJson = (path: string): unknown => {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    const why = error instanceof SyntaxError ? 'it is not JSON' : sentenceOf(error)
    throw new UsageError(`The configuration ${path} cannot be read: ${why}.`)
  }
}

/** Reads a JSON file that has to be as the schema says. @throws {UsageError} in one sentence. */
export const readConfiguration = <T>(path: string, schema: z.ZodType<T>): T => {
  const parsed = schema.safeParse(readJson(path))
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const where = issue?.path.length ? ` at ${issue.path.join('.')}` : ''
  const [unknown] = issue?.code === 'unrecognized_keys' ? issue.keys : []
  const meant = unknown === undefined ? '' : didYouMean(unknown, keysAt(schema, issue?.path ?? []))
  throw new UsageError(
    `The configuration ${path} is wrong${where}: ${issue?.message ?? 'invalid'}${meant}.`,
  )
}

/** The keys that a schema knows at a path; none where it is not that plain. */
const keysAt = (schema: z.ZodType, path: readonly PropertyKey[]): readonly string[] => {
  const options = { io: 'input', unrepresentable: 'any' } as const
  let at = z.toJSONSchema(schema, options) as JsonSchema | undefined
  for (const step of path) {
    at = typeof step === 'number' ? at?.items : at?.properties?.[String(step)]
  }
  return Object.keys(at?.properties ?? {})
}

interface JsonSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly items?: JsonSchema
}

/** Reads a token from its file. @throws {UsageError} in one sentence. */
export const readToken = (path: string): string => {
  let token: string
  try {
    token = readFileSync(path, 'utf8').trim()
  } catch (error) {
    throw new UsageError(`The token file cannot be read: ${sentenceOf(error)}.`)
  }
  if (/^[\x21-\x7e]+$/.test(token)) return token
  throw new UsageError(`The token file ${path} holds no token: it has to be one word on one line.`)
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
