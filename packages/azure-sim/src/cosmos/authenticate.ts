import type { IncomingHttpHeaders } from 'node:http'
import type { AccountKey, KeyRing } from '../account/types.ts'
import { accessOf } from './access.ts'
import type { Address } from './address.ts'
import type { ServiceError } from './errors.ts'
import * as refusals from './refusals.ts'
import { parseAuthorization, signatureBytes, stringToSign, verifies } from './signature.ts'

/** How far a request's date may be from the service's, in milliseconds. */
export interface DateWindow {
  /**
   * Ahead of the service. Microsoft publishes no bound. A client 6 min 46 s ahead was refused
   * (vscode-cosmosdb issue 842), so the bound is below that; 5 minutes is assumed.
   */
  readonly aheadMs: number
  /** Behind the service: 15 minutes, the token's life in the recorded answers. */
  readonly behindMs: number
}

export const defaultDateWindow: DateWindow = { aheadMs: 300_000, behindMs: 900_000 }

export interface Credentials {
  readonly region: string
  readonly verb: string
  readonly address: Address
  readonly headers: IncomingHttpHeaders
  readonly now: number
}

export interface Verdict {
  /** Who signed, as far as any key this account has or had tells; also of a refused request. */
  readonly key: AccountKey | null
  readonly refusal: ServiceError | null
}

export interface AuthenticationRules {
  readonly keys: KeyRing
  readonly window: DateWindow
  disableLocalAuth(): boolean
}

/** Decides whether a request may be served. Reads nothing but its arguments; changes nothing. */
export function authenticate(rules: AuthenticationRules, request: Credentials): Verdict {
  const header = request.headers.authorization
  if (header === undefined || header === '') return refuse(refusals.headerMissing())
  const authorization = parseAuthorization(header)
  if (authorization?.type !== 'master' || authorization.version !== '1.0') {
    return refuse(refusals.headerMalformed())
  }
  const date = request.headers['x-ms-date'] ?? request.headers.date
  if (typeof date !== 'string' || date === '') return refuse(refusals.dateMissing())

  const { type: resourceType, link: resourceLink } = request.address
  const text = stringToSign({ verb: request.verb, resourceType, resourceLink, date })
  const signature = signatureBytes(authorization.signature)
  const access = accessOf(request.verb, request.headers)
  const taken = rules.keys.keysTakenBy(request.region, access)
  const key = signature ? firstThatVerifies(taken, text, signature) : null
  const signer = key ?? (signature ? stranger(rules.keys, request.region, text, signature) : null)

  if (rules.disableLocalAuth()) return refuse(refusals.localAuthDisabled(), signer)
  if (key === null) return refuse(refusals.wrongKey(text), signer)
  return { key, refusal: lateOrEarly(date, request.now, rules.window) }
}

const refuse = (refusal: ServiceError, key: AccountKey | null = null): Verdict => ({ key, refusal })

const firstThatVerifies = (
  keys: readonly AccountKey[],
  text: string,
  signature: Buffer,
): AccountKey | null => keys.find(key => verifies(text, signature, key.secret)) ?? null

/** A key that is not taken for this: retired, not yet here, or read-only on a write. */
const stranger = (
  keys: KeyRing,
  region: string,
  text: string,
  signature: Buffer,
): AccountKey | null =>
  firstThatVerifies(keys.keysKnown(), text, signature) ??
  firstThatVerifies(keys.keysTakenBy(region, 'read'), text, signature)

/** The signature is checked first, so that only who holds a key learns the service's time. */
function lateOrEarly(date: string, now: number, window: DateWindow): ServiceError | null {
  const at = Date.parse(date)
  if (Number.isNaN(at)) return refusals.dateMalformed()
  const inside = at - now <= window.aheadMs && now - at <= window.behindMs
  return inside ? null : refusals.outsideDateWindow(at, now)
}
