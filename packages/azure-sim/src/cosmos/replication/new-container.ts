import type { Region } from '../../account/types.ts'
import type { Address } from '../address.ts'
import type { Catalogue } from '../catalogue/catalogue.ts'
import { ServiceError } from '../errors.ts'
import { stringToSign } from '../signature.ts'
import type { Lag } from './lag.ts'

/**
 * Throws 401 for a container that was made just now and is not known in this region yet: the region
 * signs another name than the client did. Recorded: errors.json, `backend401_macSignature`, its note
 * on satellite regions (azure-sdk-for-rust, `multi_region_failover.rs`, `warmup_region`).
 */
export function requireKnownContainer(
  catalogue: Catalogue,
  lag: Lag,
  region: Region,
  request: {
    readonly verb: string
    readonly address: Address
    readonly date: string
    readonly now: number
  },
): void {
  if (!lag.active || region.writable) return
  const [dbs, database, colls, id] = request.address.segments
  if (dbs !== 'dbs' || colls !== 'colls' || database === undefined || id === undefined) return
  const container = catalogue.container(database, id)
  if (container === undefined) return
  if (container.createdAt + lag.containerMs(region.name, container.rid) <= request.now) return
  const { type: resourceType, link: resourceLink } = request.address
  throw macSignature(
    stringToSign({ verb: request.verb, resourceType, resourceLink, date: request.date }),
  )
}

function macSignature(text: string): ServiceError {
  const sentence =
    'The MAC signature found in the HTTP request is not the same as the computed signature. ' +
    `Server used following string to sign - '${text}'. ` +
    'Learn more: https://aka.ms/cosmosdb-tsg-mac-signature'
  const inner = JSON.stringify(sentence).replaceAll('/', '\\/')
  return new ServiceError(401, 'Unauthorized', `Message: {"Errors":[${inner}]}`)
}
