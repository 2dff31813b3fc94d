import { normalized } from '../../account/locations.ts'
import type { Region } from '../../account/types.ts'
import { ServiceError, writeForbidden } from '../errors.ts'

/** The region that serves here; the global endpoint serves as the write region does. */
export const servingRegion = (
  regions: readonly Region[],
  name: string | null,
): Region | undefined =>
  regions.find(region => (name === null ? region.writable : region.name === name))

/**
 * A region that is not, or no longer, one of the account's. The sentence and its form are recorded:
 * vdesabou/kafka-docker-playground issue 7914, `x-ms-substatus: 1008`.
 */
export const regionGone = (account: string, region: string): ServiceError =>
  new ServiceError(
    403,
    'Forbidden',
    `Database Account ${account}-${normalized(region)} does not exist`,
    1008,
  )

/** Throws 403 with substatus 3 for a write where, or while, none is taken. */
export function requireWritable({ writable, writesHeld }: Region): void {
  if (!writable || writesHeld === true) throw writeForbidden()
}
