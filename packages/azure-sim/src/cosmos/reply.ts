import type { ServerResponse } from 'node:http'
import { errorBody, type ServiceError } from './errors.ts'
import type { Json } from './json.ts'
import { version } from './version.ts'

/** An answer before it is written. */
export interface Reply {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | undefined
}

export const jsonReply = (
  status: number,
  body: Json,
  headers: Readonly<Record<string, string>> = {},
): Reply => ({ status, headers, body: JSON.stringify(body) })

/** What was refused for its signature or token costs nothing; all else costs a little. */
const chargeOf = ({ status }: ServiceError): Record<string, string> =>
  status === 401 || status === 403 ? {} : { 'x-ms-request-charge': status === 404 ? '1' : '1.24' }

export function errorReply(error: ServiceError, activityId: string): Reply {
  const substatus: Record<string, string> =
    error.substatus === undefined ? {} : { 'x-ms-substatus': `${error.substatus}` }
  return {
    status: error.status,
    headers: { ...chargeOf(error), ...substatus, ...error.extra },
    body: errorBody(error, activityId),
  }
}

/** How an answer goes out. */
export interface Dispatch {
  readonly activityId: string
  /** The service's time, which is also its `date`; milliseconds since the epoch. */
  readonly now: number
  readonly withBody: boolean
}

/** Most answers share their second with the one before. */
let lastDate = { second: Number.NaN, text: '' }

function dateOf(now: number): string {
  const second = Math.floor(now / 1_000)
  if (second !== lastDate.second) lastDate = { second, text: new Date(now).toUTCString() }
  return lastDate.text
}

/**
 * Writes an answer with the headers that every answer of the service has. Refusals are chunked, as
 * the recorded one is.
 */
export function send(
  response: ServerResponse,
  reply: Reply,
  { activityId, now, withBody }: Dispatch,
): void {
  const { status, headers, body } = reply
  const fields: string[] = [
    'content-type',
    'application/json',
    'server',
    version.server,
    'x-ms-activity-id',
    activityId,
    'x-ms-gatewayversion',
    version.gateway,
    'strict-transport-security',
    'max-age=31536000',
    'date',
    dateOf(now),
  ]
  for (const name in headers) fields.push(name, headers[name] ?? '')
  const sent = withBody && status !== 204 && status !== 304 ? (body ?? '') : ''
  const chunked = status >= 400 && withBody
  if (status !== 204 && status !== 304 && !chunked) {
    fields.push('content-length', `${Buffer.byteLength(withBody ? sent : (body ?? ''))}`)
  }
  response.writeHead(status, fields)
  response.end(sent)
}
