import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import type { AccountKey } from '../account/types.ts'
import type { Address } from './address.ts'
import type { ConsistencyLevel } from './consistency.ts'
import { tooLarge } from './errors.ts'
import type { Identity } from './identity/identity.ts'

/** An authenticated request with its body, as the routes see it. */
export interface CosmosRequest {
  readonly verb: string
  readonly address: Address
  readonly headers: IncomingHttpHeaders
  readonly body: string
  /** The region that was asked. */
  readonly region: string
  /** The level that a read is served with. */
  readonly consistency: ConsistencyLevel
  /** Milliseconds since the epoch. */
  readonly now: number
  /** The same by the region's own clock. */
  readonly regionNow: number
  /** The key that signed the request; `null` for a resource token or a token of Entra. */
  readonly signer: AccountKey | null
  /** The users of every database, and what makes and reads their tokens. */
  readonly identity: Identity
}

/** Batches may be larger than one document; beyond this the service reads no further. */
const bodyBytesMax = 4 * 1024 * 1024

/** A header's text; the first value where it came more than once. */
export function header(request: CosmosRequest, name: string): string | undefined {
  const value = request.headers[name]
  return Array.isArray(value) ? value[0] : value
}

/**
 * The whole body as text. Rejects with 413 where it is too large, and with the stream's own error
 * where the client went away.
 */
export function readBody(request: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let length = 0
    request.on('data', (chunk: Buffer) => {
      length += chunk.length
      if (length <= bodyBytesMax) chunks.push(chunk)
    })
    request.on('end', () => {
      if (length > bodyBytesMax) reject(tooLarge())
      else resolve(Buffer.concat(chunks).toString('utf8'))
    })
    request.on('error', reject)
    request.on('close', () => reject(new Error('The client closed the connection.')))
  })
}
