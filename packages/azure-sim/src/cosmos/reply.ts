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

export function errorReply(error: ServiceError, activityId: string): Reply {
  const substatus: Record<string, string> =
    error.substatus === undefined ? {} : { 'x-ms-substatus': `${error.substatus}` }
  return {
    status: error.status,
    headers: { ...substatus, ...error.extra },
    body: errorBody(error, activityId),
  }
}

/** Writes an answer with the headers that every answer of the service has. */
export function send(
  response: ServerResponse,
  reply: Reply,
  activityId: string,
  withBody: boolean,
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
  ]
  for (const name in headers) fields.push(name, headers[name] ?? '')
  const sent = withBody && status !== 204 && status !== 304 ? (body ?? '') : ''
  if (status !== 204 && status !== 304) {
    fields.push('content-length', `${Buffer.byteLength(withBody ? sent : (body ?? ''))}`)
  }
  response.writeHead(status, fields)
  response.end(sent)
}
