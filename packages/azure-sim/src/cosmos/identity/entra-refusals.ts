import type { TokenProblem } from '../../entra/tokens.ts'
import { ServiceError } from '../errors.ts'
import type { Act, DataAction } from './data-actions.ts'

/*
 * What the data plane says to tokens of Entra. Sentences: azure-sdk-for-js issues 22620 (expired)
 * and 32391 (issuer), azure-sdk-for-java issue 42800 (audience), efcore issue 32197 (5300),
 * azure-cosmos-dotnet-v3 issues 2891 and 3110 (5301). Substatuses: azure-sdk-for-rust,
 * cosmos_status.rs. The words for a token that is no token, forged or early are assumed.
 */

export interface Refuser {
  readonly accountName: string
  /** What a token may be intended for. */
  readonly audiences: readonly string[]
}

export const substatuses = {
  tokenInvalidFormat: 5003,
  tokenInvalidSignature: 5004,
  tokenNotYetValid: 5005,
  tokenExpired: 5006,
  tokenInvalidIssuer: 5007,
  tokenInvalidAudience: 5008,
  operationNotSupported: 5300,
  unauthorizedMetadata: 5301,
  unauthorizedNameBased: 5302,
  unauthorizedRidBased: 5303,
} as const

const blocked = ({ accountName }: Refuser, sentence: string): string =>
  `Request blocked by Auth ${accountName} : ${sentence}`

/** Why a token was not taken; `malformed` says whether it could be read at all. */
export function tokenRefusal(from: Refuser, problem: TokenProblem, readable: boolean, now: number) {
  const [substatus, sentence] = wording(from, problem, readable, now)
  return new ServiceError(401, 'Unauthorized', blocked(from, sentence), substatus)
}

function wording(
  { audiences }: Refuser,
  problem: TokenProblem,
  readable: boolean,
  now: number,
): [number, string] {
  switch (problem.why) {
    case 'expired':
      return [
        substatuses.tokenExpired,
        `Provided AAD token has been expired since [${american(problem.expiredAt)}]. Current ` +
          `server time is [${american(now)}]. Please refresh the AAD token.`,
      ]
    case 'early':
      return [
        substatuses.tokenNotYetValid,
        `Provided AAD token is not yet valid. Current server time is [${american(now)}].`,
      ]
    case 'issuer':
      return [
        substatuses.tokenInvalidIssuer,
        `Provided AAD token was issued by the authority [${problem.found}] which is not trusted ` +
          'by this database account. Please ensure the token has been issued by the AAD ' +
          `tenant(s) ${tenantOf(problem.expected)}.`,
      ]
    case 'audience':
      return [
        substatuses.tokenInvalidAudience,
        `Provided AAD token is intended for [${problem.found}]. This database account accepts ` +
          `tokens intended for [${audiences.join(', ')}].`,
      ]
    default:
      return readable
        ? [substatuses.tokenInvalidSignature, 'Provided AAD token has an invalid signature.']
        : [substatuses.tokenInvalidFormat, 'Provided AAD token is not in a valid format.']
  }
}

/** `https://sts.windows.net/{tenant}/` */
const tenantOf = (issuer: string): string => issuer.split('/')[3] ?? issuer

/** `1/30/2025 10:38:31 AM (UTC)` */
function american(at: number): string {
  const date = new Date(at)
  const two = (value: number): string => `${value}`.padStart(2, '0')
  const day = `${date.getUTCMonth() + 1}/${date.getUTCDate()}/${date.getUTCFullYear()}`
  const hours = date.getUTCHours()
  const time = `${hours % 12 || 12}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`
  return `${day} ${time} ${hours < 12 ? 'AM' : 'PM'} (UTC)`
}

const learnMore = 'Learn more: https://aka.ms/cosmos-native-rbac.'

/** Databases, containers, throughput, scripts and users are changed through ARM, or with a key. */
export const notByToken = (from: Refuser, { verb, address }: Act): ServiceError =>
  new ServiceError(
    403,
    'Forbidden',
    blocked(
      from,
      `The given request [${verb} /${address.segments.join('/')}] cannot be authorized by AAD ` +
        `token in data plane. ${learnMore}`,
    ),
    substatuses.operationNotSupported,
  )

export function notGranted(
  from: Refuser,
  objectId: string,
  action: DataAction,
  { address }: Act,
): ServiceError {
  const { segments, type, ridBased } = address
  const isData = type === 'docs' || type === 'sprocs'
  const substatus = ridBased ? substatuses.unauthorizedRidBased : substatuses.unauthorizedNameBased
  const resource = ridBased ? (segments[3] ?? segments[1]) : segments.slice(0, 4).join('/')
  return new ServiceError(
    403,
    'Forbidden',
    blocked(
      from,
      `Request is blocked because principal [${objectId}] does not have required RBAC permissions ` +
        `to perform action [${action}] on resource [${resource || '/'}]. ${learnMore}`,
    ),
    isData ? substatus : substatuses.unauthorizedMetadata,
  )
}
