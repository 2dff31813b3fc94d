import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { sentenceOf, UsageError } from '../failure.ts'
import type { Host } from '../host.ts'
import { didYouMean } from '../nearest.ts'
import { type Setting, type Settings, settings } from './table.ts'

const table: readonly Setting[] = settings
const names = table.map(({ name }) => name)

/** Where the file lies that nobody has to name; `null` where there is no home. */
export const usualFile = (env: Host['env']): string | null => {
  const home = env['XDG_CONFIG_HOME'] || env['APPDATA']
  if (home) return join(home, 'keyturn', 'config.json')
  return env['HOME'] ? join(env['HOME'], '.config', 'keyturn', 'config.json') : null
}

/** The file that holds: the one that was named, or the usual one where it exists. */
export const fileOf = (named: string | undefined, env: Host['env']): string | null => {
  if (named) return resolve(named)
  const usual = usualFile(env)
  return usual !== null && existsSync(usual) ? usual : null
}

/**
 * What a file sets. Paths in it are seen from its own folder.
 * @throws {UsageError} where it cannot be read, or has a key or value that is none.
 */
export const readSettings = (path: string): Settings => {
  const wrong = (what: string) => new UsageError(`The configuration ${path} ${what}.`)
  let content: unknown
  try {
    content = JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    const why = error instanceof SyntaxError ? 'it is not JSON' : sentenceOf(error)
    throw wrong(`cannot be read: ${why}`)
  }
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    throw wrong('is wrong: it has to be an object of settings')
  }
  const set = Object.entries(content).map(([name, value]: [string, unknown]) => {
    const setting = table.find(each => each.name === name)
    if (!setting) throw wrong(`has an unknown key ${name}${didYouMean(name, names)}`)
    if (typeof value !== 'string') throw wrong(`is wrong at ${name}: it has to be a text`)
    return [name, setting.value === 'path' ? resolve(dirname(path), value) : value] as const
  })
  return Object.fromEntries(set)
}
