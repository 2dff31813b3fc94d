import { randomUUID } from 'node:crypto'
import type { Caller, TokenProblem } from '../entra/tokens.ts'
import type { Reply } from '../http/call.ts'

/* ARM's refusals: `{ error: { code, message } }` (common-types v6, ErrorResponse). */

function refusal(status: number, code: string, message: string): Reply {
  return { status, body: { error: { code, message } } }
}

/** As the Cosmos DB resource provider ends its sentences. */
const activity = () => `\r\nActivityId: ${randomUUID()}, Microsoft.Azure.Documents.Common/2.14.0`

export function unauthorized(problem: TokenProblem, authority: string): Reply {
  const [code, message] = reason(problem)
  const challenge =
    `Bearer authorization_uri="${authority}", error="invalid_token", ` +
    `error_description="${message}"`
  return { ...refusal(401, code, message), headers: { 'www-authenticate': challenge } }
}

function reason(problem: TokenProblem): [code: string, message: string] {
  switch (problem.why) {
    case 'missing':
      return [
        'AuthenticationFailed',
        "Authentication failed. The 'Authorization' header is missing.",
      ]
    case 'expired':
      return [
        'ExpiredAuthenticationToken',
        `The access token expiry UTC time '${american(problem.expiredAt)}' is earlier than current ` +
          `UTC time '${american(problem.now)}'.`,
      ]
    case 'audience':
      return [
        'InvalidAuthenticationTokenAudience',
        'The access token has been obtained for wrong audience or resource ' +
          `'${problem.found}'. It should exactly match with one of the allowed audiences ` +
          "'https://management.core.windows.net/','https://management.core.windows.net'," +
          "'https://management.azure.com/','https://management.azure.com'.",
      ]
    case 'issuer':
      return [
        'InvalidAuthenticationTokenTenant',
        `The access token is from the wrong issuer '${problem.found}'. It must match one of the ` +
          `issuers '${problem.expected}'.`,
      ]
    case 'key':
    case 'early':
    case 'malformed':
      return ['InvalidAuthenticationToken', 'The access token is invalid.']
  }
}

/** As the service writes it: `8/17/2017 10:54:41 PM`. */
function american(ms: number): string {
  const date = new Date(ms)
  const time = date.toLocaleTimeString('en-US', { timeStyle: 'medium', timeZone: 'UTC' })
  const day = `${date.getUTCMonth() + 1}/${date.getUTCDate()}/${date.getUTCFullYear()}`
  return `${day} ${time.replace(/\u202f/g, ' ')}`
}

export function forbidden(caller: Caller, action: string, scope: string): Reply {
  const { clientId, objectId } = caller.principal
  return refusal(
    403,
    'AuthorizationFailed',
    `The client '${clientId}' with object id '${objectId}' does not have authorization to ` +
      `perform action '${action}' over scope '${scope}' or the scope is invalid. If access was ` +
      'recently granted, please refresh your credentials.',
  )
}

export const missingApiVersion = (): Reply =>
  refusal(
    400,
    'MissingApiVersionParameter',
    'The api-version query parameter (?api-version=) is required for all requests.',
  )

export const unknownApiVersion = (version: string, type: string, known: readonly string[]): Reply =>
  refusal(
    400,
    'NoRegisteredProviderFound',
    `No registered resource provider found for location 'westus' and API version '${version}' ` +
      `for type '${type}'. The supported api-versions are '${known.join(', ')}'.`,
  )

export const subscriptionNotFound = (subscription: string): Reply =>
  refusal(404, 'SubscriptionNotFound', `The subscription '${subscription}' could not be found.`)

export const groupNotFound = (group: string): Reply =>
  refusal(404, 'ResourceGroupNotFound', `Resource group '${group}' could not be found.`)

export const accountNotFound = (account: string, group: string): Reply =>
  refusal(
    404,
    'ResourceNotFound',
    `The Resource 'Microsoft.DocumentDB/databaseAccounts/${account}' under resource group ` +
      `'${group}' was not found. For more details please go to ` +
      'https://aka.ms/ARMResourceNotFoundFix',
  )

export const operationNotFound = (id: string): Reply =>
  refusal(404, 'NotFound', `The operation '${id}' was not found.${activity()}`)

export const notFound = (path: string): Reply =>
  refusal(404, 'NotFound', `No HTTP resource was found that matches the request URI '${path}'.`)

export const methodNotAllowed = (method: string): Reply =>
  refusal(
    405,
    'MethodNotAllowed',
    `The requested resource does not support http method '${method}'.`,
  )

export const badRequest = (message: string): Reply =>
  refusal(400, 'BadRequest', `${message}${activity()}`)

export const invalidContent = (): Reply =>
  refusal(
    400,
    'InvalidRequestContent',
    'The request content was invalid and could not be deserialized.',
  )

/** Recorded (terraform-provider-azurerm issue 15842). */
export const exclusiveLock = (account: string): Reply =>
  refusal(
    412,
    'PreconditionFailed',
    'There is another user operation in progress which requires an exclusive lock on ' +
      `[${account}]. Please retry after sometime.${activity()}`,
  )

/** Assumed: Microsoft publishes that an error is returned, neither its status nor its text. */
export const recentlyUsed = (what: string): Reply =>
  refusal(
    412,
    'PreconditionFailed',
    `${what} was used for data plane requests in the last 12 hours. Set ` +
      `SkipAccountKeysLastUsageCheck to true to go on all the same.${activity()}`,
  )

/** Recorded (Azure/azure-sdk-for-java issue 2560). */
export const scopeLocked = (scope: string, what: string, locked: readonly string[]): Reply =>
  refusal(
    409,
    'ScopeLocked',
    `The scope '${scope}' cannot perform ${what} operation because following scope(s) are locked: ` +
      `'${locked.join(',')}'. Please remove the lock and try again.`,
  )

/** Assumed: the limit is published ("Azure Cosmos DB service quotas"), its refusal is not. */
export const accountQuota = (subscription: string): Reply =>
  refusal(
    403,
    'Forbidden',
    `The subscription ${subscription} has reached its maximum number of database accounts. This ` +
      `simulator has one.${activity()}`,
  )

/** Assumed but for its code: the limits are published ("Azure Cosmos DB service quotas"). */
export const tooManyOperations = (retryAfterSeconds: number): Reply => ({
  ...refusal(
    429,
    'TooManyRequests',
    `Too many management operations on the database account. Please retry after some time.${activity()}`,
  ),
  headers: { 'retry-after': `${retryAfterSeconds}` },
})

export const throttled = (retryAfterSeconds: number): Reply => ({
  ...refusal(
    429,
    'TooManyRequests',
    'The request is being throttled as the limit has been reached for operation type. For more ' +
      'information, see https://aka.ms/srpthrottlinglimits.',
  ),
  headers: { 'retry-after': `${retryAfterSeconds}` },
})

export const internalError = (): Reply =>
  refusal(500, 'InternalServerError', 'Encountered internal server error.')

export const tooLarge = (): Reply =>
  refusal(413, 'RequestContentTooLarge', 'The request content size exceeds the maximum size.')
