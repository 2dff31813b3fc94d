import type { Call, Reply } from '../http/call.ts'
import { badParameter } from './errors.ts'

/** Published: a page holds at most 25 items, which is also the default. */
const pageMax = 25

/** One page of a list, with a link to the next; `maxresults` and `$skiptoken` as Key Vault has them. */
export function page(vaultUrl: string, call: Call, items: readonly unknown[]): Reply {
  const asked = call.query.get('maxresults')
  const size = asked === null ? pageMax : Number(asked)
  if (!Number.isInteger(size) || size < 1 || size > pageMax) {
    return badParameter(`maxresults must be between 1 and ${pageMax}.`)
  }
  const token = call.query.get('$skiptoken')
  const from = token === null ? 0 : positionIn(token)
  if (from === undefined) return badParameter('The $skiptoken is not one that this vault gave.')
  const value = items.slice(from, from + size)
  const next = from + size
  if (next >= items.length) return { status: 200, body: { value } }
  const query = new URLSearchParams({
    'api-version': call.query.get('api-version') ?? '',
    $skiptoken: tokenFor(next),
    maxresults: `${size}`,
  })
  return { status: 200, body: { value, nextLink: `${vaultUrl}${call.path}?${query}` } }
}

function tokenFor(position: number): string {
  return Buffer.from(JSON.stringify({ NextMarker: position })).toString('base64url')
}

function positionIn(token: string): number | undefined {
  try {
    const { NextMarker } = JSON.parse(Buffer.from(token, 'base64url').toString()) as {
      NextMarker?: unknown
    }
    return Number.isSafeInteger(NextMarker) && Number(NextMarker) >= 0
      ? Number(NextMarker)
      : undefined
  } catch {
    return undefined
  }
}
