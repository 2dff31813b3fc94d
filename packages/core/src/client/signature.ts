/** What a Cosmos DB signature covers besides the date. */
export interface SignedRequest {
  /** HTTP method, any case. */
  readonly verb: string
  /** `docs`, `colls`, `dbs`, …; empty for the account read. */
  readonly resourceType: string
  /** The resource's link, as the SDK hands it to a token provider; empty for the account read. */
  readonly resourceLink: string
}

/**
 * The account read, `GET /`: what every key may do, and no container has a part in.
 */
export const accountRead: SignedRequest = { verb: 'get', resourceType: '', resourceLink: '' }

export const isAccountRead = (request: SignedRequest): boolean =>
  request.resourceType === '' && request.resourceLink === ''

/**
 * The part of the string to sign that does not depend on the date: made once per operation.
 * Links by name start with `dbs/` and keep their case; links by rid (offers) are lower-cased.
 *
 * Source: https://learn.microsoft.com/rest/api/cosmos-db/access-control-on-cosmosdb-resources
 */
export const signedPrefix = ({ verb, resourceType, resourceLink }: SignedRequest): string => {
  const link = resourceLink.startsWith('dbs/') ? resourceLink : resourceLink.toLowerCase()
  return `${verb.toLowerCase()}\n${resourceType.toLowerCase()}\n${link}\n`
}

/** @param date RFC 1123, as it goes into `x-ms-date`; signed in lower case. */
export const stringToSign = (prefix: string, date: string): string =>
  `${prefix}${date.toLowerCase()}\n\n`

/** The `authorization` header, percent-encoded as the service asks. */
export const authorizationHeader = (signatureBase64: string): string =>
  `type%3Dmaster%26ver%3D1.0%26sig%3D${encodeURIComponent(signatureBase64)}`
