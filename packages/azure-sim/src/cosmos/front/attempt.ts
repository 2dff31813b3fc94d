import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AccountKey, Region } from '../../account/types.ts'
import type { Address } from '../address.ts'

/** One request on its way through the front. */
export interface Attempt {
  readonly region: Region
  readonly verb: string
  readonly address: Address
  readonly activityId: string
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** Who signed, as far as any key this account has or had tells. */
  readonly key: AccountKey | null
}
