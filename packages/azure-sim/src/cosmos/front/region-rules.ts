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

/**
 * Whoever comes by a path that the account is closed to: told before anything is asked for a key.
 * The sentence is published (learn.microsoft.com, "Diagnose and troubleshoot Azure Cosmos DB
 * forbidden exceptions"); that `GET /` without a token gets it as well was seen in public logs.
 */
export const blockedByFirewall = (address: string): ServiceError =>
  new ServiceError(
    403,
    'Forbidden',
    `Request originated from IP ${address} through public internet. This is blocked by your ` +
      'Cosmos DB account firewall settings. More info: https://aka.ms/cosmosdb-tsg-forbidden',
  )

/** Throws 403 with substatus 3 for a write where, or while, none is taken. */
export function requireWritable({ writable, writesHeld }: Region): void {
  if (!writable || writesHeld === true) throw writeForbidden()
}
