import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto'
import type { AccountKey, KeyRing } from '../../account/types.ts'
import { accessOf } from '../access.ts'
import type { Catalogue } from '../catalogue/catalogue.ts'
import { isObject, parseJson } from '../json.ts'
import { type Asked, covers } from './coverage.ts'
import type { Mode, Permission, Scope } from './permission.ts'

/** What a token says, once its seal is known to be good. Times in milliseconds since the epoch. */
interface Claims {
  readonly scope: Scope
  readonly mode: Mode
  readonly startsAt: number
  readonly expiresAt: number
}

export type TokenVerdict =
  | { readonly is: 'good' | 'forged' | 'insufficient' }
  | { readonly is: 'expired'; readonly startsAt: number; readonly expiresAt: number }

export interface ResourceTokensOptions {
  readonly catalogue: Catalogue
  readonly keys: KeyRing
  /** See {@link ResourceTokens}. */
  readonly dieWithKey: boolean
}

/**
 * Makes and reads resource tokens: `type=resource&ver=1&sig={16 bytes};{what is granted};`, both
 * in base64. Everything that decides is in the token, as in the service's own, which keep working
 * when their permission is changed or deleted (Microsoft.Azure.Cosmos.Permission.DeleteAsync: "This
 * will not revoke existing ResourceTokens").
 *
 * A token is sealed with the account key under which it was asked for. Microsoft does not say
 * whether it ends with that key: by default it does, in each region as the key does there.
 */
export class ResourceTokens {
  readonly #options: ResourceTokensOptions

  constructor(options: ResourceTokensOptions) {
    this.#options = options
  }

  get catalogue(): Catalogue {
    return this.#options.catalogue
  }

  make({ mode, scope }: Permission, seconds: number, signer: AccountKey, now: number): string {
    const claims: Claims = { scope, mode, startsAt: now, expiresAt: now + seconds * 1_000 }
    const payload = Buffer.from(JSON.stringify(claims)).toString('base64')
    return `type=resource&ver=1&sig=${seal(payload, signer.secret).toString('base64')};${payload};`
  }

  /** Decides over what follows `sig=` in a header. */
  judge(token: string, region: string, asked: Asked, now: number): TokenVerdict {
    const claims = this.#open(token, region, asked)
    if (claims === undefined) return { is: 'forged' }
    const { startsAt, expiresAt, scope, mode } = claims
    if (now >= expiresAt || now < startsAt - earlyMs) return { is: 'expired', startsAt, expiresAt }
    return { is: covers(scope, mode, asked, this.#options.catalogue) ? 'good' : 'insufficient' }
  }

  #open(token: string, region: string, { verb, headers, address }: Asked): Claims | undefined {
    const [, signature = '', payload = ''] = form.exec(token) ?? []
    if (payload === '') return undefined
    const { keys, dieWithKey } = this.#options
    const given = Buffer.from(signature, 'base64')
    // The last digit has four bits that decode to nothing: one seal has one spelling.
    if (given.toString('base64') !== signature) return undefined
    const taken = keys.keysTakenBy(region, accessOf(verb, headers, address))
    const sealedBy = (key: AccountKey) => timingSafeEqual(given, seal(payload, key.secret))
    if (!taken.some(sealedBy) && (dieWithKey || !keys.keysKnown().some(sealedBy))) return undefined
    const claims = parseJson(Buffer.from(payload, 'base64').toString('utf8'))
    // Sealed by us, so in the form that `make` gave it.
    return isObject(claims) ? (claims as unknown as Claims) : undefined
  }
}

/** How far a region's clock may be behind the one that made the token, as for a request's date. */
const earlyMs = 300_000

const sealBytes = 16
const form = /^([A-Za-z0-9+/]{22}==);([A-Za-z0-9+/]+={0,2});$/

const seal = (payload: string, secret: KeyObject): Buffer =>
  createHmac('sha256', secret)
    .update('resource token\n')
    .update(payload)
    .digest()
    .subarray(0, sealBytes)
