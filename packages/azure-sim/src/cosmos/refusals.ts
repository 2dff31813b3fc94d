import { ServiceError } from './errors.ts'

/*
 * Why a request was not let in. The sentences are the real service's: the recorded bodies, or
 * Microsoft's resource strings (RMResources in Microsoft.Azure.Documents).
 */

const unauthorized = (sentence: string, substatus?: number): ServiceError =>
  new ServiceError(401, 'Unauthorized', sentence, substatus)

export const headerMissing = (): ServiceError =>
  unauthorized(
    'Required Header authorization is missing. Ensure a valid Authorization token is passed.',
  )

export const headerMalformed = (): ServiceError =>
  unauthorized(
    "Authorization header doesn't confirm to the required format. Please verify and try again.",
  )

export const dateMissing = (): ServiceError =>
  unauthorized(
    'Authorization token mandates Date headers. Please pass in RFC 1123 style date format.',
  )

export const dateMalformed = (): ServiceError =>
  unauthorized(
    'The input date header is invalid format. Please pass in RFC 1123 style date format.',
  )

/** Also the answer to a read-only key on a write: the service does not say which it was. */
export const wrongKey = (payload: string): ServiceError =>
  unauthorized(
    "The input authorization token can't serve the request. The wrong key is being used or the " +
      'expected payload is not built as per the protocol. For more info: ' +
      `https://aka.ms/cosmosdb-tsg-unauthorized. Server used the following payload to sign: '${payload}'`,
  )

export const localAuthDisabled = (): ServiceError =>
  unauthorized('Local Authorization is disabled. Use an AAD token to authorize all requests.', 5202)

/**
 * `start` is the client's date, and the recorded answers put the expiry 15 minutes after it; or the
 * moment when a resource token was made, and its own expiry.
 */
export const outsideDateWindow = (
  start: number,
  serverNow: number,
  expiry = start + 900_000,
): ServiceError => {
  const text = (at: number): string => new Date(at).toUTCString()
  return new ServiceError(
    403,
    'Forbidden',
    'The authorization token is not valid at the current time. Please create another token and ' +
      `retry (token start time: ${text(start)}, token expiry time: ${text(expiry)}, ` +
      `current server time: ${text(serverNow)}).`,
    0,
  )
}

/** A resource token whose permission is not for this (azure-cosmos-dotnet-v3 issue 3657). */
export const insufficientPermissions = (): ServiceError =>
  new ServiceError(
    403,
    'Forbidden',
    'Insufficient permissions provided in the authorization header for the corresponding ' +
      'request. Please retry with another authorization header.',
    0,
  )
