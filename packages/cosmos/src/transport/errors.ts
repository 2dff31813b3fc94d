import { type PipelineRequest, RestError } from '@azure/core-rest-pipeline'

/** The words of the SDK's own HTTP client, which callers may have in their logs. */
const abortedMeanwhile =
  'The operation was aborted. Rejecting from abort signal callback while making request.'
export const abortedBefore = 'The operation was aborted. Request has already been canceled.'

/** The name by which the SDK tells a cancelled request from a failed one. */
export class AbortError extends Error {
  constructor(message = abortedMeanwhile) {
    super(message)
    this.name = 'AbortError'
  }
}

/** undici's own codes, as the SDK's retry policies would have read them from `node:http`. */
const codes: Readonly<Record<string, string>> = {
  UND_ERR_SOCKET: 'ECONNRESET',
  UND_ERR_CLOSED: 'ECONNRESET',
  UND_ERR_DESTROYED: 'ECONNRESET',
  // A proxy that refuses the tunnel.
  UND_ERR_ABORTED: 'ECONNREFUSED',
  UND_ERR_CONNECT_TIMEOUT: 'ETIMEDOUT',
  UND_ERR_HEADERS_TIMEOUT: 'ETIMEDOUT',
  UND_ERR_BODY_TIMEOUT: 'ETIMEDOUT',
}

const codeOf = (error: Error): string | undefined =>
  'code' in error && typeof error.code === 'string' ? error.code : undefined

/** An error of undici as the SDK expects it from its own HTTP client. */
export const sdkError = (error: Error, request: PipelineRequest): Error => {
  // undici gives the same name to a tunnel that a proxy refuses.
  if (error instanceof AbortError) return error
  const code = codeOf(error)
  // undici wraps the system's error where a connection broke while it was in use.
  const system = error.cause instanceof Error ? codeOf(error.cause) : undefined
  const known = code === undefined ? undefined : (codes[code] ?? code)
  const mapped = code === 'UND_ERR_SOCKET' && system ? system : known
  const rest = new RestError(error.message, {
    code: mapped ?? RestError.REQUEST_SEND_ERROR,
    request,
  })
  rest.cause = error
  return rest
}
