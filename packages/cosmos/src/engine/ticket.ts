import type { PipelineRequest } from '@azure/core-rest-pipeline'
import { isAccountRead, isWrite, type SignedRequest, signedPrefix } from '@keyturn/core'

/** What an operation leaves in the `authorization` header, to be signed at each attempt. */
export interface Ticket {
  /** The string to sign, up to the date. */
  readonly prefix: string
  readonly accountRead: boolean
}

const mark = 'keyturn-ticket:'
/** The SDK percent-encodes what a token provider returns. */
const encodedMark = encodeURIComponent(mark)

/** As the SDK really calls a token provider: an account read names no resource at all. */
interface Operation {
  readonly verb: string
  readonly resourceType?: string
  readonly resourceId?: string
}

/** The unsigned token of an operation: what is to be signed, and nothing that is secret. */
export const writeTicket = ({ verb, resourceType, resourceId }: Operation): string => {
  const request: SignedRequest = {
    verb,
    resourceType: resourceType ?? '',
    resourceLink: resourceId ?? '',
  }
  return `${mark}${isAccountRead(request) ? 'a' : '-'}${signedPrefix(request)}`
}

/** The ticket in a header, or `null` where the request carries somebody else's authorization. */
export const readTicket = (authorization: string | undefined): Ticket | null => {
  if (!authorization?.startsWith(encodedMark)) return null
  const accountRead = authorization[encodedMark.length] === 'a'
  return { prefix: decodeURIComponent(authorization.slice(encodedMark.length + 1)), accountRead }
}

/** What a ticket is for, by names that say nothing of single items. */
export interface TicketNames {
  /** For example `get docs`; `get account` for the account read. */
  readonly operation: string
  readonly database: string | null
  readonly container: string | null
}

const namesInLink = /^dbs\/([^/]+)(?:\/colls\/([^/]+))?/

export const ticketNames = ({ prefix, accountRead }: Ticket): TicketNames => {
  const [verb = '', type = '', link = ''] = prefix.split('\n')
  const [, database, container] = namesInLink.exec(link) ?? []
  return {
    operation: `${verb} ${accountRead ? 'account' : type}`,
    database: database ?? null,
    container: container ?? null,
  }
}

/**
 * Whether a URL leads to what the ticket is signed for. The SDK signs the read of a conflict as if
 * it were a user: such a request is refused with every key, however long one waits.
 */
export const leadsThere = ({ prefix }: Ticket, url: string): boolean => {
  const [, type = ''] = prefix.split('\n')
  const segments = new URL(url).pathname.split('/').filter(Boolean)
  // The deletion of a partition key is `operations/partitionkeydelete`.
  return segments.slice(-2).some(segment => segment.toLowerCase().startsWith(type))
}

const queryHeaders = ['x-ms-documentdb-isquery', 'x-ms-cosmos-is-query-plan-request']

/** Queries are POSTs that change nothing; the SDK marks them after the ticket is written. */
export const isWriteRequest = ({ method, headers }: PipelineRequest): boolean =>
  isWrite(method, method === 'POST' && queryHeaders.some(name => headers.has(name)))
