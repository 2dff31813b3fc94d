import { decodeProtectedHeader, errors, type JWTPayload, jwtVerify } from 'jose'
import type { Clock } from '../clock.ts'
import type { Principal } from './principals.ts'
import { SigningKeys } from './signing-keys.ts'

/** What a resource needs to know of whoever calls it. */
export interface Caller {
  readonly principal: Principal
  readonly issuer: string
}

export type TokenProblem =
  | { readonly why: 'missing' }
  | { readonly why: 'malformed' }
  /** Signed by a key that is not published, or not any more. */
  | { readonly why: 'key'; readonly header: string }
  /** Milliseconds since the epoch: when it expired, and what time the resource has. */
  | { readonly why: 'expired'; readonly expiredAt: number; readonly now: number }
  | { readonly why: 'early' }
  | { readonly why: 'audience'; readonly found: string }
  | { readonly why: 'issuer'; readonly found: string; readonly expected: string }

export type Verified = { readonly caller: Caller } | { readonly problem: TokenProblem }

export interface TokenAuthorityOptions {
  readonly tenantId: string
  readonly clock: Clock
  readonly lifetimeSeconds: number
  readonly principals: readonly Principal[]
}

/** How a principal proved itself: what `appidacr` says. */
export type ClientProof = 'secret' | 'assertion'

/** What the resource's own clock says, and whether the weather calls the token too old. */
export interface Moment {
  readonly now: number
  readonly expired?: boolean
}

/** Seconds by which a resource's clock may differ from Entra's: none that anybody can rely on. */
const toleranceSeconds = 5

/** Signs access tokens as Entra ID does (v1.0, RS256), and verifies them for ARM and the vault. */
export class TokenAuthority {
  readonly #options: TokenAuthorityOptions
  readonly issuer: string
  readonly keys: SigningKeys

  private constructor(options: TokenAuthorityOptions, keys: SigningKeys) {
    this.#options = options
    this.keys = keys
    // Tokens for ARM and Key Vault are v1.0 tokens: their issuer is not the authority's address.
    this.issuer = `https://sts.windows.net/${options.tenantId}/`
  }

  static async make(options: TokenAuthorityOptions): Promise<TokenAuthority> {
    return new TokenAuthority(options, await SigningKeys.make())
  }

  /** The key set that `jwks_uri` answers. */
  async jwks(): Promise<unknown> {
    return { keys: await this.keys.published() }
  }

  get lifetimeSeconds(): number {
    return this.#options.lifetimeSeconds
  }

  /** An access token for a resource, as the client credentials flow gives it. */
  issue(
    principal: Principal,
    audience: string,
    lifetimeSeconds = this.lifetimeSeconds,
    proof: ClientProof = 'secret',
  ): Promise<string> {
    const now = Math.floor(this.#options.clock.now() / 1_000)
    return this.keys.sign({
      aud: audience,
      iss: this.issuer,
      iat: now,
      nbf: now,
      exp: now + lifetimeSeconds,
      appid: principal.clientId,
      appidacr: proof === 'secret' ? '1' : '2',
      idp: this.issuer,
      idtyp: 'app',
      oid: principal.objectId,
      sub: principal.objectId,
      tid: this.#options.tenantId,
      ver: '1.0',
      // An application without app roles has no such claim; `scp` is for signed-in users only.
      ...(principal.appRoles.length > 0 ? { roles: [...principal.appRoles] } : {}),
    })
  }

  /**
   * A token such as Kubernetes projects into a pod, for `AZURE_FEDERATED_TOKEN_FILE`. Signed by
   * the same keys, which stand for the cluster's issuer here.
   */
  issueFederated(principal: Principal, issuer: string, lifetimeSeconds = 3_600): Promise<string> {
    const now = Math.floor(this.#options.clock.now() / 1_000)
    const claims = {
      aud: federatedAudience,
      iss: issuer,
      sub: principal.federatedSubject,
      iat: now,
      nbf: now,
      exp: now + lifetimeSeconds,
    }
    return this.keys.sign(claims, 'kubernetes')
  }

  /** The claims of a token that this authority signed and that is within its dates. */
  async claims(token: string, { now, expired }: Moment): Promise<JWTPayload | TokenProblem> {
    const key = this.keys.find(keyIdOf(token))
    if (key === undefined) return unknownKey(token)
    const currentDate = new Date(now)
    try {
      const checks = { algorithms: ['RS256'], currentDate, clockTolerance: toleranceSeconds }
      const { payload } = await jwtVerify(token, key, checks)
      return expired ? { why: 'expired', expiredAt: now - 1_000, now } : payload
    } catch (error) {
      if (error instanceof errors.JWTExpired) {
        return { why: 'expired', expiredAt: Number(error.payload.exp) * 1_000, now }
      }
      const early = error instanceof errors.JWTClaimValidationFailed && error.claim === 'nbf'
      return { why: early ? 'early' : 'malformed' }
    }
  }

  /** Checks an `Authorization` header for a resource that answers to these audiences. */
  async verify(
    header: string | undefined,
    audiences: readonly string[],
    moment: Moment = { now: this.#options.clock.now() },
  ): Promise<Verified> {
    const token = /^Bearer +(\S+)$/i.exec(header ?? '')?.[1]
    if (token === undefined) return { problem: { why: header ? 'malformed' : 'missing' } }
    const claims = await this.claims(token, moment)
    if ('why' in claims) return { problem: claims as TokenProblem }
    const found = String(claims.aud)
    if (!audiences.includes(found.replace(/\/+$/, ''))) {
      return { problem: { why: 'audience', found } }
    }
    if (claims.iss !== this.issuer) {
      return { problem: { why: 'issuer', found: String(claims.iss), expected: this.issuer } }
    }
    const principal = this.#options.principals.find(p => p.objectId === claims['oid'])
    if (principal === undefined) return { problem: { why: 'malformed' } }
    return { caller: { principal, issuer: this.issuer } }
  }
}

function keyIdOf(token: string): string | undefined {
  try {
    return decodeProtectedHeader(token).kid
  } catch {
    return undefined
  }
}

/** A header that names a key which nobody knows; anything else is no token at all. */
function unknownKey(token: string): TokenProblem {
  if (keyIdOf(token) === undefined) return { why: 'malformed' }
  return { why: 'key', header: token.split('.')[0] ?? '' }
}

/** The audience of a workload's federated token (Entra workload identity federation). */
export const federatedAudience = 'api://AzureADTokenExchange'
