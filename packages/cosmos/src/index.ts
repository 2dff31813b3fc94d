/**
 * The client of Azure Cosmos DB with both keys of the account: no request fails because one of
 * them was regenerated.
 *
 * @packageDocumentation
 */

export { ResilientCosmosClient } from './client.ts'
export { KeysError, type KeysErrorCode, OptionError, type OptionErrorCode } from './errors.ts'
export type { KeysEvents } from './events.ts'
export type { ClientKeys, KeyStatus, KeysStatus } from './keys.ts'
export type { Keys, SharedRing } from './keys-option.ts'
export type { ResilientCosmosClientOptions } from './options.ts'
export { type Resilient, type ResilientOptions, resilient } from './resilient.ts'
export type { TransportOptions } from './transport/undici.ts'
