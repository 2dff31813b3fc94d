import { badRequest } from '../errors.ts'
import type { Json } from '../json.ts'

/** What 32 bits hold. */
const secondsMax = 2 ** 31 - 1

/**
 * Throws 400 for what is no time to live: a positive number of seconds, or -1 for ever (Microsoft,
 * "Time to Live"). The sentence is recorded (Azure/Microsoft.Extensions.Caching.Cosmos issues 36 and
 * 83, for `null` and 0 of a document).
 */
export function checkTtl(ttl: Json | undefined): void {
  if (ttl === undefined || ttl === -1) return
  if (Number.isInteger(ttl) && Number(ttl) > 0 && Number(ttl) <= secondsMax) return
  throw badRequest(
    `The input ttl '${String(ttl)}' is invalid. Ensure to provide a nonzero positive integer less than or equal to '${secondsMax}', or '-1' which means never expire.`,
  )
}
