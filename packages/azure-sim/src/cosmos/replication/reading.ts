import { accessOf } from '../access.ts'
import type { Container } from '../documents/container.ts'
import { readSessionNotAvailable } from '../errors.ts'
import { type CosmosRequest, header } from '../request.ts'
import { parseSessionToken } from './session-token.ts'

/**
 * A container as the request's region sees it. Under `Strong` a write is in every region before it
 * is acknowledged, so no region is ever behind.
 */
export function seenBy(request: CosmosRequest, container: Container): Container {
  const { region, consistency, verb, headers, address, now } = request
  if (consistency === 'Strong' || accessOf(verb, headers, address) === 'write') return container
  return container.seenBy(region, now)
}

/**
 * Throws 404 with substatus 1002 where a session has seen more of a partition than this region has:
 * the SDKs then ask the write region. Without a partition the whole container is asked for.
 */
export function requireSession(
  container: Container,
  request: CosmosRequest,
  rangeId: string | undefined,
): void {
  const token = header(request, 'x-ms-session-token')
  if (token === undefined || token === '' || request.consistency !== 'Session') return
  const asked = parseSessionToken(token)
  const range = rangeId === undefined ? undefined : container.ranges.byId(rangeId)
  // What was seen of a partition before it was split was seen of its children.
  const counts = range === undefined ? asked.keys() : [range.id, ...range.parents]
  for (const id of counts) {
    if ((asked.get(id) ?? 0) > container.store.lsn) throw readSessionNotAvailable()
  }
}
