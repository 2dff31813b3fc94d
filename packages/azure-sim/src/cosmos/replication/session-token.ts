import type { Topology } from '../../account/geography.ts'
import { ServiceError } from '../errors.ts'

/**
 * `0:1#12#1=-1`: the partition; the version of its topology, which grows whenever a region is added,
 * removed or fails over; the global log sequence number; the region that is written to, with no
 * sequence of its own as only one region takes writes (`VectorSessionToken` in Microsoft's SDKs;
 * the form with `=-1` is recorded in azure-sdk-for-java issue 38156).
 */
export const sessionToken = (rangeId: string, lsn: number, { version, hub }: Topology): string =>
  `${rangeId}:${version}#${lsn}#${hub}=-1`

/** One partition's part of a token: a vector, or the older `0:12`. */
const part = /^([^:#,]+):(?:(-?\d+)#(\d+)((?:#\d+=-?\d+)*)|(-?\d+))$/

/** The log sequence number that a token asks of each partition. Throws 400 for what is no token. */
export function parseSessionToken(text: string): ReadonlyMap<string, number> {
  const asked = new Map<string, number>()
  for (const one of text.split(',')) {
    const [, range, , lsn, , simple] = part.exec(one.trim()) ?? []
    if (range === undefined) throw invalidToken(text)
    asked.set(range, Number(lsn ?? simple))
  }
  return asked
}

/** The real service's sentence (azure-cosmos-db-emulator-docker issue 291). */
const invalidToken = (text: string): ServiceError =>
  new ServiceError(
    400,
    'BadRequest',
    `The session token provided '${text.slice(0, 256)}' is invalid.`,
  )
