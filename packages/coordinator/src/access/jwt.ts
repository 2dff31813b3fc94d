import { decodeJwt, errors, type JWTVerifyGetKey, jwtVerify } from 'jose'
import { Refusal } from '../api/problem.ts'
import type { WallClock } from '../ports.ts'
import { identityOf } from './claims.ts'
import { type Authenticator, bearerOf, type Identity } from './identity.ts'
import { IssuerAway, issuerKeys } from './issuer-keys.ts'
import type { IssuerOptions } from './options.ts'

interface Issuer {
  readonly options: IssuerOptions
  readonly keys: JWTVerifyGetKey
}

/** Knows people and members by the tokens of their issuers; `null`: it is no token of one. */
export const byJwt = (issuers: readonly IssuerOptions[], clock: WallClock): Authenticator => {
  const known = issuers.map(options => ({ options, keys: issuerKeys(options, clock) }))
  return async request => {
    const token = bearerOf(request)
    if (token === null || token.split('.').length !== 3) return null
    const claimed = issuerIn(token)
    // One issuer may stand there several times, for other audiences.
    const candidates = known.filter(({ options }) => options.issuer === claimed)
    if (candidates.length === 0) throw refused('its issuer is not one of those configured')
    let failure: Refusal | null = null
    for (const issuer of candidates) {
      const found = await verified(issuer, token, clock)
      if (!(found instanceof Refusal)) return found
      failure = found
    }
    throw failure ?? refused('it names nobody who is known here')
  }
}

const verified = async (
  { options, keys }: Issuer,
  token: string,
  clock: WallClock,
): Promise<Identity | Refusal> => {
  try {
    const { payload } = await jwtVerify(token, keys, {
      issuer: options.issuer,
      audience: options.audience,
      algorithms: [...options.algorithms],
      clockTolerance: options.clockToleranceMs / 1000,
      currentDate: new Date(clock.now()),
      requiredClaims: ['sub', 'exp'],
    })
    return identityOf(options, payload) ?? refused('it names nobody who is known here')
  } catch (error) {
    if (error instanceof IssuerAway) {
      const sentence = `The issuer ${options.issuer} cannot be asked for its keys: try again, or see the coordinator’s network.`
      return new Refusal('ISSUER_UNREACHABLE', sentence, { 'retry-after': '5' })
    }
    if (error instanceof errors.JOSEError) return refused(reasonOf(error))
    throw error
  }
}

/** Read before it is verified, to know whose keys to ask; believed only afterwards. */
const issuerIn = (token: string): string | undefined => {
  try {
    return decodeJwt(token).iss
  } catch {
    throw refused('it cannot be read')
  }
}

const refused = (why: string): Refusal =>
  new Refusal('TOKEN_REFUSED', `The token does not hold: ${why}.`, {
    'www-authenticate': 'Bearer error="invalid_token"',
  })

/** Never jose's own message, which may quote what was presented. */
const reasonOf = (error: errors.JOSEError): string => {
  if (error instanceof errors.JWTExpired) return 'it has expired'
  if (error instanceof errors.JWTClaimValidationFailed)
    return `its claim ${error.claim} is not right`
  if (error instanceof errors.JOSEAlgNotAllowed) return 'its algorithm is not allowed'
  if (error instanceof errors.JWKSNoMatchingKey) return 'its key is not one of the issuer’s'
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'its signature is wrong'
  return 'it is no signed token that is understood here'
}
