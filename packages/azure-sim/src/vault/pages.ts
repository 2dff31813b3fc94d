import type { Call, Reply } from '../http/call.ts'
import { badParameter } from './errors.ts'

/** Published: a page holds at most 25 items, which is also the default. */
const pageMax = 25

/** One entry of a list, under the key that the list is ordered and continued by. */
export interface Entry {
  /** `NAME` or `NAME/VERSION`. */
  readonly key: string
  readonly item: unknown
}

/**
 * One page of a list, with a link to the next; `maxresults` and `$skiptoken` as Key Vault has them.
 * A token names the entry to go on from, so that what comes and goes meanwhile shifts nothing.
 */
export function page(vaultUrl: string, call: Call, entries: readonly Entry[]): Reply {
  const asked = call.query.get('maxresults')
  const size = asked === null ? pageMax : Number(asked)
  if (!Number.isInteger(size) || size < 1 || size > pageMax) {
    return badParameter(`maxresults must be between 1 and ${pageMax}.`)
  }
  const token = call.query.get('$skiptoken')
  const from = token === null ? '' : keyIn(token)
  if (from === undefined) return badParameter('The $skiptoken is not one that this vault gave.')
  const ordered = entries
    .map(({ key, item }) => ({ key: key.toUpperCase(), item }))
    .filter(({ key }) => key >= from)
    .sort((a, b) => (a.key < b.key ? -1 : 1))
  const value = ordered.slice(0, size).map(({ item }) => item)
  const next = ordered[size]
  if (next === undefined) return { status: 200, body: { value } }
  const version = encodeURIComponent(call.query.get('api-version') ?? '')
  const query = `api-version=${version}&$skiptoken=${tokenFor(next.key)}&maxresults=${size}`
  return { status: 200, body: { value, nextLink: `${vaultUrl}${call.path}?${query}` } }
}

/** Where the published examples' tokens end: the far future, in ticks of 100 nanoseconds. */
const horizon = '9999-12-31T23:59:59.9999999Z'
const digits = (length: number): string => `${length}`.padStart(6, '0')

/** As the tokens of the published examples are written (GetSecrets-example.json). */
function tokenFor(key: string): string {
  const row = `secret/${key}`
  const text = `${digits(row.length)}!${row}!${digits(horizon.length)}!${horizon}!`
  const marker = Buffer.from(text).toString('base64').replaceAll('=', '-')
  const json = JSON.stringify({ NextMarker: `2!${marker.length}!${marker}`, TargetLocation: 0 })
  return Buffer.from(json).toString('base64url')
}

function keyIn(token: string): string | undefined {
  try {
    const { NextMarker } = JSON.parse(Buffer.from(token, 'base64url').toString()) as {
      NextMarker?: unknown
    }
    const marker = /^2!\d+!([\w+/]+-*)$/.exec(String(NextMarker))?.[1] ?? ''
    const text = Buffer.from(marker.replaceAll('-', '='), 'base64').toString()
    return /^\d{6}!secret\/([^!]+)!\d{6}!/.exec(text)?.[1]
  } catch {
    return undefined
  }
}
