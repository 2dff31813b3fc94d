import { createHash, generateKeyPair, type KeyObject } from 'node:crypto'
import { promisify } from 'node:util'
import { errors, exportJWK, type JWTPayload, jwtVerify, SignJWT } from 'jose'
import type { Clock } from '../clock.ts'
import type { Principal } from './principals.ts'

/** What a resource needs to know of whoever calls it. */
export interface Caller {
  readonly principal: Principal
  readonly issuer: string
}

export type TokenProblem =
  | { readonly why: 'missing' }
  | { readonly why: 'malformed' }
  | { readonly why: 'expired' }
  | { readonly why: 'audience'; readonly found: string }
  | { readonly why: 'issuer'; readonly found: string; readonly expected: string }

export type Verified = { readonly caller: Caller } | { readonly problem: TokenProblem }

export interface TokenAuthorityOptions {
  readonly tenantId: string
  readonly clock: Clock
  readonly lifetimeSeconds: number
  readonly principals: readonly Principal[]
}

const algorithm = 'RS256'

/** Signs access tokens as Entra ID does (v1.0, RS256), and verifies them for ARM and the vault. */
export class TokenAuthority {
  readonly #options: TokenAuthorityOptions
  readonly #privateKey: KeyObject
  readonly #publicKey: KeyObject
  readonly #keyId: string
  readonly issuer: string

  private constructor(
    options: TokenAuthorityOptions,
    keys: { privateKey: KeyObject; publicKey: KeyObject },
  ) {
    this.#options = options
    this.#privateKey = keys.privateKey
    this.#publicKey = keys.publicKey
    const spki = keys.publicKey.export({ type: 'spki', format: 'der' })
    this.#keyId = createHash('sha256').update(spki).digest('base64url').slice(0, 27)
    // Tokens for ARM and Key Vault are v1.0 tokens: their issuer is not the authority's address.
    this.issuer = `https://sts.windows.net/${options.tenantId}/`
  }

  static async make(options: TokenAuthorityOptions): Promise<TokenAuthority> {
    const keys = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 })
    return new TokenAuthority(options, keys)
  }

  /** The key set that `jwks_uri` answers. */
  async jwks(): Promise<unknown> {
    const jwk = await exportJWK(this.#publicKey)
    return { keys: [{ ...jwk, use: 'sig', alg: algorithm, kid: this.#keyId, x5t: this.#keyId }] }
  }

  get lifetimeSeconds(): number {
    return this.#options.lifetimeSeconds
  }

  /** An access token for a resource, as the client credentials flow gives it. */
  issue(principal: Principal, audience: string, lifetimeSeconds = this.lifetimeSeconds) {
    const now = Math.floor(this.#options.clock.now() / 1_000)
    return this.#sign({
      aud: audience,
      iss: this.issuer,
      iat: now,
      nbf: now,
      exp: now + lifetimeSeconds,
      appid: principal.clientId,
      appidacr: '1',
      idp: this.issuer,
      idtyp: 'app',
      oid: principal.objectId,
      sub: principal.objectId,
      tid: this.#options.tenantId,
      ver: '1.0',
    })
  }

  /**
   * A token such as Kubernetes projects into a pod, for `AZURE_FEDERATED_TOKEN_FILE`. Signed by
   * the same key, which stands for the cluster's issuer here.
   */
  issueFederated(principal: Principal, issuer: string, lifetimeSeconds = 3_600): Promise<string> {
    const now = Math.floor(this.#options.clock.now() / 1_000)
    return this.#sign({
      aud: federatedAudience,
      iss: issuer,
      sub: principal.federatedSubject,
      iat: now,
      nbf: now,
      exp: now + lifetimeSeconds,
    })
  }

  /** The claims of a token that this authority signed and that is within its dates. */
  async claims(token: string): Promise<JWTPayload | TokenProblem> {
    const currentDate = new Date(this.#options.clock.now())
    try {
      const checks = { algorithms: [algorithm], currentDate, clockTolerance: 5 }
      return (await jwtVerify(token, this.#publicKey, checks)).payload
    } catch (error) {
      return { why: error instanceof errors.JWTExpired ? 'expired' : 'malformed' }
    }
  }

  /** Checks an `Authorization` header for a resource that answers to these audiences. */
  async verify(header: string | undefined, audiences: readonly string[]): Promise<Verified> {
    const token = /^Bearer +(\S+)$/i.exec(header ?? '')?.[1]
    if (token === undefined) return { problem: { why: header ? 'malformed' : 'missing' } }
    const claims = await this.claims(token)
    if ('why' in claims) return { problem: claims as TokenProblem }
    const found = String(claims.aud)
    if (!audiences.includes(found.replace(/\/+$/, '')))
      return { problem: { why: 'audience', found } }
    if (claims.iss !== this.issuer) {
      return { problem: { why: 'issuer', found: String(claims.iss), expected: this.issuer } }
    }
    const principal = this.#options.principals.find(p => p.objectId === claims['oid'])
    if (principal === undefined) return { problem: { why: 'malformed' } }
    return { caller: { principal, issuer: this.issuer } }
  }

  #sign(claims: JWTPayload): Promise<string> {
    const header = { alg: algorithm, typ: 'JWT', kid: this.#keyId, x5t: this.#keyId }
    return new SignJWT(claims).setProtectedHeader(header).sign(this.#privateKey)
  }
}

/** The audience of a workload's federated token (Entra workload identity federation). */
export const federatedAudience = 'api://AzureADTokenExchange'
