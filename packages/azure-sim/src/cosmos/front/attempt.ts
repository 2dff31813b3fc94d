import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Region } from '../../account/types.ts'
import type { Address } from '../address.ts'
import type { Verdict } from '../verdict.ts'

/** One request on its way through the front. */
export interface Attempt {
  readonly region: Region
  readonly verb: string
  readonly address: Address
  readonly activityId: string
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** The region's time when the request came. */
  readonly now: number
  readonly verdict: Verdict
}
