import type { AccountFlags } from '../account/account.ts'
import { displayName, type LocationRequest } from '../account/locations.ts'
import { asObject } from '../http/call.ts'
import type { JsonObject } from './json.ts'
import { firstProperties, keptProperties } from './settings.ts'

/** What a PUT or a PATCH asks for. */
export interface Change {
  readonly flags: Partial<AccountFlags>
  readonly locations: readonly LocationRequest[] | undefined
  readonly kind: string | undefined
  readonly location: string | undefined
  readonly identity: JsonObject | undefined
  readonly properties: JsonObject
  /** The names of the properties, for the witness. */
  readonly names: readonly string[]
}

export type Unreadable =
  /** The body is not of the right shape. */
  { readonly why: 'content' } | { readonly why: 'property'; readonly sentence: string }

/** Reads the body of a PUT (`whole`) or a PATCH. */
export function readChange(
  body: Record<string, unknown> | undefined,
  whole: boolean,
): Change | Unreadable {
  const given = body?.['properties'] === undefined ? {} : asObject(body['properties'])
  const tags = body?.['tags'] === undefined ? undefined : asObject(body['tags'])
  if (body === undefined || given === undefined) return { why: 'content' }
  if (body['tags'] !== undefined && tags === undefined) return { why: 'content' }
  const { disableLocalAuth, disableKeyBasedMetadataWriteAccess, capabilities, ...rest } = given
  const { locations, databaseAccountOfferType, keysMetadata: _, ...others } = rest
  const flags = readFlags({ disableLocalAuth, disableKeyBasedMetadataWriteAccess, capabilities })
  const places = locations === undefined ? undefined : readLocations(locations)
  if (flags === undefined || places === null) return { why: 'content' }
  const missing = whole && (databaseAccountOfferType !== 'Standard' || places === undefined)
  if (missing) {
    const sentence = 'The properties locations and databaseAccountOfferType must be given.'
    return { why: 'property', sentence }
  }
  const sentence = problemIn(others, whole)
  if (sentence !== undefined) return { why: 'property', sentence }
  const { kind, location } = body
  return {
    flags: { ...flags, ...(tags === undefined ? {} : { tags: textsOf(tags) }) },
    locations: places,
    kind: typeof kind === 'string' ? kind : undefined,
    location: typeof location === 'string' ? displayName(location) : undefined,
    identity: asObject(body['identity']) as JsonObject | undefined,
    properties: others as JsonObject,
    names: Object.keys(given),
  }
}

function readFlags(given: Record<string, unknown>): Partial<AccountFlags> | undefined {
  const { disableLocalAuth, disableKeyBasedMetadataWriteAccess, capabilities } = given
  const names = capabilities === undefined ? [] : namesOf(capabilities)
  const booleans = { disableLocalAuth, disableKeyBasedMetadataWriteAccess }
  const present = Object.entries(booleans).filter(([, value]) => value !== undefined)
  if (names === undefined || present.some(([, value]) => typeof value !== 'boolean')) {
    return undefined
  }
  return {
    ...Object.fromEntries(present),
    ...(capabilities === undefined ? {} : { capabilities: names }),
  }
}

function namesOf(capabilities: unknown): string[] | undefined {
  if (!Array.isArray(capabilities)) return undefined
  const names = capabilities.map(capability => asObject(capability)?.['name'])
  return names.every(name => typeof name === 'string') ? names : undefined
}

/** `null` where it is no such list. */
export function readLocations(locations: unknown): LocationRequest[] | null {
  if (!Array.isArray(locations)) return null
  const read = locations.map(location => {
    const { locationName, failoverPriority } = asObject(location) ?? {}
    const fits = typeof locationName === 'string' && Number.isInteger(failoverPriority)
    return fits ? { locationName, failoverPriority: Number(failoverPriority) } : null
  })
  return read.every(location => location !== null) ? read : null
}

function problemIn(properties: Record<string, unknown>, whole: boolean): string | undefined {
  const known = whole ? { ...keptProperties, ...firstProperties } : keptProperties
  for (const [name, value] of Object.entries(properties)) {
    const fits = Object.hasOwn(known, name) ? known[name] : undefined
    if (fits === undefined) return `This simulator cannot change the property '${name}'.`
    if (!fits(value as JsonObject)) return `The value of the property '${name}' is not valid.`
  }
  return undefined
}

function textsOf(tags: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(Object.entries(tags).map(([name, value]) => [name, String(value)]))
}
