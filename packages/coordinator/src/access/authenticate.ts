import { Refusal } from '../api/problem.ts'
import type { WallClock } from '../ports.ts'
import { byCertificate } from './certificates.ts'
import { type Authenticator, bearerOf } from './identity.ts'
import { byJwt } from './jwt.ts'
import type { Access } from './options.ts'
import { byToken, type TokenBook } from './tokens.ts'

/**
 * Who asks: by what is said in the request first, which is meant; else by its connection.
 * @throws {Refusal} whatever was presented and does not hold, or TOKEN_MISSING
 */
export const authenticator = (access: Access, tokens: TokenBook, clock: WallClock) => {
  const known: Authenticator[] = [
    byJwt(access.issuers, clock),
    byToken(tokens),
    ...(access.certificates ? [byCertificate(access.certificates, clock)] : []),
  ]
  return async (request: Parameters<Authenticator>[0]) => {
    if (request.headers.authorization !== undefined && bearerOf(request) === null) {
      throw new Refusal('TOKEN_REFUSED', 'The header authorization is no bearer token.')
    }
    for (const authenticate of known) {
      const identity = await authenticate(request)
      if (identity !== null) return identity
    }
    const sentence = access.certificates
      ? 'Present a bearer token, or connect with a certificate.'
      : 'Present a bearer token.'
    throw new Refusal('TOKEN_MISSING', sentence, { 'www-authenticate': 'Bearer' })
  }
}
