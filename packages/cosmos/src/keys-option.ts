import { isAccountKey } from '@keyturn/core'
import type { FixedOptions, Ring, Source } from '@keyturn/keyring'
import { OptionError } from './errors.ts'

/** A `Ring` by what a client needs of it: one of the other build of the library is one as well. */
export type SharedRing = Pick<
  Ring,
  'source' | 'current' | 'offer' | 'sample' | 'follow' | 'begin' | 'end' | 'refresh' | 'stop'
>

/**
 * Where a client's keys come from: a source, several in the order of preference, a ring that
 * several clients share, or a literal.
 */
export type Keys = Source | readonly Source[] | SharedRing | FixedOptions

/** `keys`, told apart. */
export type KeysOption =
  | { readonly is: 'ring'; readonly ring: Ring }
  | { readonly is: 'source'; readonly source: Source }
  | { readonly is: 'sources'; readonly sources: readonly Source[] }
  | { readonly is: 'literal'; readonly literal: FixedOptions }

const remedy =
  'Pass a source (sidecar(), keyVault({ … }), files({ … })), an array of sources, a Ring, or both ' +
  'keys of the account: { primary, secondary }.'

/** The words of each say what was passed and never quote it: it may be a key. */
const refuse = (what: string): never => {
  throw new OptionError(`${what} ${remedy}`)
}

const methods = {
  ring: ['start', 'begin', 'end', 'offer', 'refresh', 'follow'],
  source: ['start', 'refresh', 'status', 'stop'],
} as const

/** By shape, since a process may hold two builds of the library, and their classes differ. */
const has = (keys: object, names: readonly string[]): boolean =>
  names.every(name => typeof Reflect.get(keys, name) === 'function')

/** @throws OptionError where it is anything but sources. */
const checkSources = (keys: readonly unknown[]): readonly Source[] => {
  if (keys.length === 0) refuse('"keys" is an empty array.')
  for (const [index, each] of keys.entries()) {
    const isSource = typeof each === 'object' && each !== null && has(each, methods.source)
    if (!isSource) refuse(`"keys[${index}]" is no source.`)
  }
  return keys as readonly Source[]
}

/** @throws OptionError where it is no pair of account keys. */
export const checkLiteral = (keys: FixedOptions): FixedOptions => {
  for (const slot of ['primary', 'secondary'] as const) {
    const key: unknown = keys[slot]
    if (key === undefined || key === null || key === '') {
      refuse(`"keys.${slot}" is missing: a client holds both keys, so that one can be regenerated.`)
    }
    if (typeof key !== 'string' || !isAccountKey(key)) {
      refuse(
        `"keys.${slot}" is no key of a Cosmos DB account: expected 64 bytes in base64, which are ` +
          '88 characters, without quotes, spaces or "AccountKey=".',
      )
    }
  }
  const { active = 'primary', pair = 'readWrite' } = keys
  if (active !== 'primary' && active !== 'secondary') {
    throw new OptionError('"keys.active" is neither "primary" nor "secondary". Name one of them.')
  }
  if (pair !== 'readWrite' && pair !== 'readOnly') {
    throw new OptionError('"keys.pair" is neither "readWrite" nor "readOnly". Name one of them.')
  }
  return keys
}

/**
 * Tells apart what callers, typed or not, pass as `keys`.
 * @throws OptionError where it is neither a source, an array of them, a ring nor a pair of account
 * keys.
 */
export const readKeys = (keys: unknown): KeysOption => {
  if (keys === undefined || keys === null) return refuse('"keys" is missing.')
  if (typeof keys === 'function') return refuse('"keys" is a function: call it.')
  if (typeof keys === 'string') return refuse('"keys" is a text.')
  if (typeof keys !== 'object') return refuse('"keys" is no object.')
  if (Array.isArray(keys)) return { is: 'sources', sources: checkSources(keys) }
  if (has(keys, ['then'])) return refuse('"keys" is a promise: await it first.')
  if (has(keys, methods.ring)) return { is: 'ring', ring: keys as Ring }
  if (has(keys, methods.source)) return { is: 'source', source: keys as Source }
  return { is: 'literal', literal: checkLiteral(keys as FixedOptions) }
}
