import type { Geography, Place } from './geography.ts'
import {
  displayName,
  inOrder,
  type LocationRequest,
  regionsMax,
  sameLocation,
} from './locations.ts'

/** What a request for other regions, or for another order of them, comes to; or why it is none. */
export type Relocation =
  | { readonly why: string }
  /** Names in the account's own spelling; `moves` where they differ from what is. */
  | { readonly names: readonly string[]; readonly moves: boolean }

export const noSuchRegion = (name: string): string => `The account has no region '${name}'.`

export const placeOf = (geography: Geography, region: string): Place | undefined =>
  geography.locations().find(({ name }) => sameLocation(name, region))

/** A failover: the same regions, each once, in a new order. */
export function newOrder(geography: Geography, policies: readonly LocationRequest[]): Relocation {
  const wanted = named(geography, policies)
  if ('why' in wanted) return wanted
  const { names } = wanted
  const known = geography.locations()
  const missing = known.find(({ name }) => !names.includes(name))
  if (missing) {
    return { why: `The failover policies must name every region; ${missing.name} is missing.` }
  }
  const stranger = names.find(name => known.every(place => place.name !== name))
  if (stranger) return { why: noSuchRegion(stranger) }
  const [first] = names
  if (known.some(({ name, state }) => name === first && state === 'offline')) {
    return { why: `The region ${first} is offline and cannot be written to.` }
  }
  return wanted
}

/** The regions of an account that is created. */
export function firstLocations(locations: readonly LocationRequest[]): Relocation {
  const order = inOrder(locations)
  if ('why' in order) return order
  const names = order.names.map(displayName)
  if (names.length > regionsMax) return { why: `This simulator has at most ${regionsMax} regions.` }
  return { names, moves: true }
}

/**
 * Other regions, by PATCH or PUT. The write region stays meanwhile: it changes by a failover of its
 * own (assumed: Microsoft says that both at once is not supported, not how it is refused).
 */
export function newLocations(
  geography: Geography,
  locations: readonly LocationRequest[],
): Relocation {
  const wanted = named(geography, locations)
  if ('why' in wanted) return wanted
  const { names } = wanted
  const known = geography.locations()
  if (names.length > regionsMax) return { why: `This simulator has at most ${regionsMax} regions.` }
  const changes = names.length !== known.length || names.some(name => !known.some(is(name)))
  if (changes && known.find(({ writable }) => writable)?.name !== names[0]) {
    return { why: 'The write region cannot change while regions are added or removed.' }
  }
  return wanted
}

const is =
  (wanted: string) =>
  ({ name }: Place): boolean =>
    name === wanted

function named(geography: Geography, requests: readonly LocationRequest[]): Relocation {
  const order = inOrder(requests)
  if ('why' in order) return order
  const names = order.names.map(name => placeOf(geography, name)?.name ?? displayName(name))
  const before = geography.locations()
  const moves =
    names.length !== before.length || names.some((name, at) => name !== before[at]?.name)
  return { names, moves }
}
