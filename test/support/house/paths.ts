import { isBuiltin } from 'node:module'
import { posix } from 'node:path'
import type { House, Source } from './house.ts'

/** Which package a file belongs to, and whether it ships with it. */
export const placeOf = (path: string): { short: string; ships: boolean } | undefined => {
  const [, short, part] = /^packages\/([^/]+)\/([^/]+)\//.exec(path) ?? []
  if (short === undefined) return undefined
  return { short, ships: part === 'src' || part === 'bin' }
}

export const isRelative = (specifier: string): boolean =>
  specifier.startsWith('.') || specifier.startsWith('/')

/** The path that a relative import names, from the repository's root. */
export const resolved = (source: Source, specifier: string): string =>
  posix.join(posix.dirname(source.path), specifier)

/** `@scope/name/part` → `@scope/name`; `null` for Node's own modules and for relative paths. */
export const packageIn = (specifier: string): string | null => {
  if (isRelative(specifier) || isBuiltin(specifier)) return null
  const parts = specifier.split('/')
  return parts.slice(0, specifier.startsWith('@') ? 2 : 1).join('/')
}

/** The folder of one of our own packages by its npm name. */
export const shortOf = (house: House, name: string): string | undefined =>
  house.packages.find(({ manifest }) => manifest.name === name)?.short
