import type { AccountKey, KeyRing } from '../account/types.ts'
import { accessOf } from './access.ts'
import { timeOf } from './date-header.ts'
import type { ServiceError } from './errors.ts'
import type { EntraGate } from './identity/entra-gate.ts'
import type { ResourceTokens } from './identity/resource-tokens.ts'
import * as refusals from './refusals.ts'
import {
  type Authorization,
  parseAuthorization,
  type Signed,
  signatureBytes,
  stringToSign,
  verifies,
} from './signature.ts'
import type { Credentials, Verdict } from './verdict.ts'

/** How far a request's date may be from the service's, in milliseconds. */
export interface DateWindow {
  /**
   * Ahead of the service. Microsoft publishes no bound. A client 6 min 46 s ahead was refused
   * (vscode-cosmosdb issue 842), so the bound is below that; 5 minutes is assumed, which a comment
   * of AuthorizationHelper.cs names too.
   */
  readonly aheadMs: number
  /**
   * Behind the service: 15 minutes, the token's life in the recorded answers. The service may take
   * five minutes more; a client must not need them.
   */
  readonly behindMs: number
}

export const defaultDateWindow: DateWindow = { aheadMs: 300_000, behindMs: 900_000 }

export interface AuthenticationRules {
  readonly keys: KeyRing
  readonly window: DateWindow
  readonly tokens: ResourceTokens
  /** Absent where nobody can have tokens of Entra. */
  entra(): EntraGate | undefined
  disableLocalAuth(): boolean
}

/**
 * Decides whether a request may be served; at once, but for the first sight of a token of Entra.
 * Changes nothing.
 */
export function authenticate(
  rules: AuthenticationRules,
  request: Credentials,
): Verdict | Promise<Verdict> {
  const header = request.headers.authorization
  if (header === undefined || header === '') return refuse(refusals.headerMissing())
  const authorization = parseAuthorization(header)
  if (authorization === undefined) return refuse(refusals.headerMalformed())
  const { type, version } = authorization
  if (type === 'master' && version === '1.0') return byKey(rules, request, authorization)
  if (type === 'resource' && (version === '1' || version === '1.0')) {
    return byResourceToken(rules, request, authorization)
  }
  const entra = type === 'aad' && version === '1.0' ? rules.entra() : undefined
  if (entra === undefined) return refuse(refusals.headerMalformed())
  return entra.judge(authorization.signature, request)
}

function byKey(
  rules: AuthenticationRules,
  request: Credentials,
  authorization: Authorization,
): Verdict {
  const signed = signedOf(request)
  const date = signed.date === '' ? (signed.plainDate ?? '') : signed.date
  if (date === '') return refuse(refusals.dateMissing())
  const text = stringToSign(signed)
  const signature = signatureBytes(authorization.signature)
  const taken = rules.keys.keysTakenBy(request.region, accessTo(request))
  const key = signature ? firstThatVerifies(taken, text, signature) : null
  const signer = key ?? (signature ? stranger(rules.keys, request.region, text, signature) : null)

  if (rules.disableLocalAuth()) return refuse(refusals.localAuthDisabled(), signer)
  if (key === null) return refuse(refusals.wrongKey(text), signer)
  const refusal = lateOrEarly(date, request.now, rules.window)
  return { scheme: 'key', key, caller: null, refusal }
}

/** `Date` counts where `x-ms-date` is absent or empty, and then stands in a line of its own. */
function signedOf({ verb, address, headers }: Credentials): Signed {
  const { type: resourceType, link: resourceLink } = address
  const own = headers['x-ms-date']
  if (typeof own === 'string' && own !== '') return { verb, resourceType, resourceLink, date: own }
  return { verb, resourceType, resourceLink, date: '', plainDate: headers.date ?? '' }
}

/**
 * Read-only keys read everything but permissions, whose tokens may grant writes (Microsoft: "Secure
 * access to data in Azure Cosmos DB").
 */
const accessTo = ({ verb, address, headers }: Credentials): 'read' | 'write' =>
  address.type === 'permissions' ? 'write' : accessOf(verb, headers, address)

function byResourceToken(
  rules: AuthenticationRules,
  request: Credentials,
  { signature }: Authorization,
): Verdict {
  const answer = (refusal: ServiceError | null): Verdict => ({
    scheme: 'resourceToken',
    key: null,
    caller: null,
    refusal,
  })
  if (rules.disableLocalAuth()) return answer(refusals.localAuthDisabled())
  const verdict = rules.tokens.judge(signature, request.region, request, request.now)
  switch (verdict.is) {
    case 'good':
      return answer(null)
    case 'forged':
      return answer(refusals.wrongKey(stringToSign(signedOf(request))))
    case 'insufficient':
      return answer(refusals.insufficientPermissions())
    case 'expired':
      return answer(refusals.outsideDateWindow(verdict.startsAt, request.now, verdict.expiresAt))
  }
}

const refuse = (refusal: ServiceError, key: AccountKey | null = null): Verdict => ({
  scheme: 'key',
  key,
  caller: null,
  refusal,
})

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
  const at = timeOf(date)
  if (at === undefined) return refusals.dateMalformed()
  const inside = at - now <= window.aheadMs && now - at <= window.behindMs
  return inside ? null : refusals.outsideDateWindow(at, now)
}
