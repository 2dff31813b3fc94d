import { type Fingerprint, isFenced, standbyOf } from '@keyturn/core'
import type { LiveKeyset } from '@keyturn/keyring'
import type { Format } from './rendered-file.ts'

const placeholder = /\{\{\s*([A-Za-z]+)\s*\}\}/g
const names = ['account', 'endpoint', 'version', 'key', 'standbyKey', 'connectionString'] as const

type Name = (typeof names)[number]

const isName = (name: string): name is Name => names.some(one => one === name)

/** Names in a template that stand for nothing. */
export const unknownNames = (template: string): readonly string[] =>
  [...template.matchAll(placeholder)].map(([, name = '']) => name).filter(name => !isName(name))

const showsStandby = (format: Format): boolean =>
  typeof format === 'object' && /\{\{\s*standbyKey\s*\}\}/.test(format.template)

/** Keys that a file of this format shows: its reader may use them, and nobody counts how often. */
export const shownBy = (format: Format, keyset: LiveKeyset): readonly Fingerprint[] => {
  const { keys, active } = keyset
  const standby = standbyOf(keyset)
  return showsStandby(format) && !isFenced(keyset, standby)
    ? [keys[active].fingerprint, keys[standby].fingerprint]
    : [keys[active].fingerprint]
}

const fieldOf = (name: Name, keyset: LiveKeyset): string => {
  const { account, version, keys, active } = keyset
  // As a URL prints itself: no quote, blank or line break is left in it.
  const endpoint = new URL(keyset.endpoint).href.replaceAll("'", '%27')
  const key = keys[active].reveal()
  switch (name) {
    case 'account':
      return account
    case 'endpoint':
      return endpoint
    case 'version':
      return `${version}`
    case 'key':
      return key
    case 'standbyKey': {
      const standby = standbyOf(keyset)
      return isFenced(keyset, standby) ? '' : keys[standby].reveal()
    }
    case 'connectionString':
      return `AccountEndpoint=${endpoint};AccountKey=${key};`
  }
}

/** The text of a file: it holds keys, and goes nowhere but into that file. */
export const printFile = (format: Format, keyset: LiveKeyset): string => {
  const of = (name: Name): string => fieldOf(name, keyset)
  if (format === 'connection-string') return of('connectionString')
  if (format === 'env') {
    return [
      `COSMOS_ENDPOINT=${of('endpoint')}`,
      `COSMOS_KEY=${of('key')}`,
      `COSMOS_CONNECTION_STRING='${of('connectionString')}'`,
      `KEYTURN_VERSION=${of('version')}`,
      '',
    ].join('\n')
  }
  if (format === 'json') {
    const { account, version } = keyset
    const shown = { key: of('key'), connectionString: of('connectionString') }
    return `${JSON.stringify({ account, endpoint: of('endpoint'), version, ...shown }, null, 2)}\n`
  }
  return format.template.replace(placeholder, (_, name: string) => (isName(name) ? of(name) : ''))
}
