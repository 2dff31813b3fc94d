import { timingSafeEqual } from 'node:crypto'
import { decodeJwt, decodeProtectedHeader, errors, jwtVerify } from 'jose'
import type { RegisteredCertificate } from './certificates.ts'
import type { Principal } from './principals.ts'
import {
  type ClientProof,
  federatedAudience,
  type TokenAuthority,
  type TokenProblem,
} from './tokens.ts'

/** Why a client is not who it says it is: a status, OAuth's error, Entra's code and its sentence. */
export type ProofProblem = readonly [status: number, error: string, code: number, text: string]

export interface ProofOptions {
  readonly tenantId: string
  /** Stands for the cluster whose service accounts are federated, too. */
  readonly authority: TokenAuthority
  /** Entra's address, without a slash. */
  readonly url: string
  readonly now: number
}

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
const review =
  'Review the documentation at https://learn.microsoft.com/entra/identity-platform/certificate-credentials .'

const invalidClient = (code: number, text: string): ProofProblem => [
  401,
  'invalid_client',
  code,
  text,
]

/** How this form proves that it comes from the principal, or why it does not. */
export async function proofOf(
  options: ProofOptions,
  principal: Principal,
  form: URLSearchParams,
): Promise<ClientProof | ProofProblem> {
  const secret = form.get('client_secret')
  if (secret !== null)
    return sameText(secret, principal.clientSecret) ? 'secret' : wrongSecret(principal)
  const assertion = form.get('client_assertion')
  if (assertion === null || form.get('client_assertion_type') !== assertionType) {
    return invalidClient(
      7000218,
      "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
    )
  }
  const header = headerOf(assertion)
  if (header === undefined) {
    return invalidClient(50027, 'JWT token is invalid or malformed.')
  }
  const named = { x5t: header.x5t, x5tS256: header['x5t#S256'] }
  return named.x5t === undefined && named.x5tS256 === undefined
    ? federated(options, principal, assertion)
    : certified(options, principal, assertion, named)
}

function wrongSecret({ clientId }: Principal): ProofProblem {
  return invalidClient(
    7000215,
    'Invalid client secret provided. Ensure the secret being sent in the request is the client ' +
      `secret value, not the client secret ID, for a secret added to app '${clientId}'.`,
  )
}

interface Named {
  readonly x5t: unknown
  readonly x5tS256: unknown
}

/** `private_key_jwt` (learn.microsoft.com, "Application authentication certificate credentials"). */
async function certified(
  options: ProofOptions,
  principal: Principal,
  assertion: string,
  named: Named,
): Promise<ClientProof | ProofProblem> {
  const certificate = principal.certificates.find(
    ({ x5t, x5tS256 }) => x5t === named.x5t || x5tS256 === named.x5tS256,
  )
  if (certificate === undefined) return unknownCertificate(principal, named)
  const { now, url, tenantId } = options
  if (now < certificate.notBefore || now > certificate.notAfter) {
    return badSignature(certificate, 'The key used is expired.')
  }
  const currentDate = new Date(now)
  try {
    const checks = { algorithms: ['PS256', 'RS256'], currentDate, clockTolerance: 300 }
    const { payload } = await jwtVerify(assertion, certificate.publicKey, checks)
    if (payload.iss !== principal.clientId || payload.sub !== principal.clientId) {
      return invalidClient(
        700021,
        `Client assertion application identifier doesn't match 'client_id' parameter. ${review}`,
      )
    }
    const base = `${url}/${tenantId}`
    const audiences = [`${base}/oauth2/v2.0/token`, `${base}/oauth2/token`, `${base}/v2.0`, base]
    if (audiences.includes(String(payload.aud).replace(/\/+$/, ''))) return 'assertion'
    return invalidClient(
      700023,
      `Client assertion audience claim does not match Realm issuer. ${review}`,
    )
  } catch (error) {
    if (error instanceof errors.JWTExpired || error instanceof errors.JWTClaimValidationFailed) {
      return outOfTime(assertion, now)
    }
    return badSignature(
      certificate,
      'The provided signature value did not match the expected signature value.',
    )
  }
}

/** Recorded (AzureAD/microsoft-authentication-library-for-js issue 8339). */
function unknownCertificate({ clientId }: Principal, { x5t, x5tS256 }: Named): ProofProblem {
  const named = Buffer.from(String(x5t ?? x5tS256), 'base64url')
  return invalidClient(
    700027,
    'The certificate with identifier used to sign the client assertion is not registered on ' +
      'application. [Reason - The key was not found., Thumbprint of key used by client: ' +
      `'${named.toString('hex').toUpperCase()}', Please visit the Azure Portal, Graph Explorer or ` +
      `directly use MS Graph to see configured keys for app Id '${clientId}'. Review the ` +
      'documentation at https://docs.microsoft.com/en-us/graph/deployments to determine the ' +
      'corresponding service endpoint and https://docs.microsoft.com/en-us/graph/api/' +
      'application-get?view=graph-rest-1.0&tabs=http to build a query request URL, such as ' +
      `'https://graph.microsoft.com/beta/applications/${clientId}'].`,
  )
}

/** Recorded for assertions on behalf of users (Azure/azure-sdk-for-java issue 25109). */
function badSignature(certificate: RegisteredCertificate, reason: string): ProofProblem {
  const date = (ms: number): string => new Date(ms).toISOString().slice(0, 19).replace('T', ' ')
  const { thumbprint, notBefore, notAfter } = certificate
  return invalidClient(
    700027,
    `Client assertion contains an invalid signature. [Reason - ${reason}, Thumbprint of key used ` +
      `by client: '${thumbprint}', Found key 'Start=${date(notBefore)}, End=${date(notAfter)}'].`,
  )
}

function outOfTime(assertion: string, now: number): ProofProblem {
  const { nbf = 0, exp = 0 } = decodeJwt(assertion)
  const date = (seconds: number): string => new Date(seconds * 1_000).toISOString()
  return invalidClient(
    700024,
    'Client assertion is not within its valid time range. Current time: ' +
      `${date(now / 1_000)}, assertion valid from ${date(nbf)}, expiry time of assertion ` +
      `${date(exp)}. ${review}`,
  )
}

/** A workload's token, from an issuer that the principal is federated with. */
async function federated(
  { authority, url, now }: ProofOptions,
  principal: Principal,
  assertion: string,
): Promise<ClientProof | ProofProblem> {
  const claims = await authority.claims(assertion, { now })
  if ('why' in claims) {
    const { why } = claims as TokenProblem
    if (why === 'expired' || why === 'early') return outOfTime(assertion, now)
    return invalidClient(700027, 'Client assertion failed signature validation.')
  }
  const { iss, sub, aud } = claims
  const check =
    '. Check your federated identity credential Subject, Audience and Issuer against the ' +
    'presented assertion. https://learn.microsoft.com/entra/workload-id/workload-identity-federation'
  const unmatched = (code: number, what: string): ProofProblem =>
    invalidClient(
      code,
      `No matching federated identity record found for presented assertion ${what}${check}`,
    )
  if (iss !== federationIssuer(url)) return unmatched(700211, `issuer '${iss}'`)
  if (sub !== principal.federatedSubject) return unmatched(700213, `subject '${sub}'`)
  if (aud !== federatedAudience) return unmatched(700212, `audience '${aud}'`)
  return 'assertion'
}

/** Stands for the issuer of a cluster whose service accounts are federated with this tenant. */
export function federationIssuer(entraUrl: string): string {
  return `${entraUrl}/cluster`
}

function headerOf(assertion: string): Record<string, unknown> | undefined {
  try {
    decodeJwt(assertion)
    return { ...decodeProtectedHeader(assertion) }
  } catch {
    return undefined
  }
}

function sameText(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)]
  return a.length === b.length && timingSafeEqual(a, b)
}
