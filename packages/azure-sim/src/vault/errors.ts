import type { Caller, TokenProblem } from '../entra/tokens.ts'
import type { Reply } from '../http/call.ts'
import type { Pending } from './store.ts'

/*
 * Key Vault's refusals: `KeyVaultError { error: { code, message, innererror } }` (secrets.json,
 * common.json). Texts are recorded ones where public issues quote them; the rest is marked.
 */

function refusal(status: number, code: string, message: string, innererror?: string): Reply {
  const inner = innererror === undefined ? {} : { innererror: { code: innererror } }
  return { status, body: { error: { code, message, ...inner } } }
}

export const vaultAudience = 'https://vault.azure.net'

/** The challenge that sends Azure's SDK to Entra (terraform-provider-azurerm issue 19749). */
export function unauthorized(problem: TokenProblem, authorization: string): Reply {
  const challenge = `Bearer authorization="${authorization}", resource="${vaultAudience}"`
  const reply = refusal(401, 'Unauthorized', sentence(problem))
  return { ...reply, headers: { 'www-authenticate': challenge } }
}

function sentence(problem: TokenProblem): string {
  switch (problem.why) {
    case 'missing':
      return 'AKV10000: Request is missing a Bearer or PoP token.'
    case 'audience':
      return `AKV10022: Invalid audience. Expected ${vaultAudience}, found: ${problem.found}.`
    case 'issuer':
      return `AKV10032: Invalid issuer. Expected one of ${problem.expected}, found ${problem.found}.`
    case 'expired':
      // Assumed: the code is published in forum posts, the rest of the sentence is not.
      return 'AKV10001: The token is expired.'
    case 'key':
      // hashicorp/terraform-provider-azurerm issue 30912.
      return (
        'AKV10046: Unable to resolve the key used for signature validation. ' +
        `EncodedJwtHeader: '${problem.header}'.`
      )
    case 'early':
      // Assumed but for its beginning: Azure/azure-sdk-for-java issue 26624.
      return 'AKV10001: Token not yet valid.'
    case 'malformed':
      // Assumed likewise.
      return 'AKV10001: Token validation failed.'
  }
}

export interface Denied {
  readonly caller: Caller
  readonly action: string
  readonly resource: string
  readonly vault: string
}

export function forbidden({ caller, action, resource, vault }: Denied): Reply {
  const { clientId, objectId } = caller.principal
  const message =
    'Caller is not authorized to perform action on resource.\r\nIf role assignments, deny ' +
    'assignments or role definitions were changed recently, please observe propagation time.\r\n' +
    `Caller: appid=${clientId};oid=${objectId};iss=${caller.issuer}\r\nAction: '${action}'\r\n` +
    `Resource: '${resource}'\r\nAssignment: (not found)\r\nDenyAssignmentId: null\r\n` +
    `DecisionReason: null \r\nVault: ${vault};location=westus\r\n`
  return refusal(403, 'Forbidden', message, 'ForbiddenByRbac')
}

export const secretNotFound = (id: string): Reply =>
  refusal(
    404,
    'SecretNotFound',
    `A secret with (name/id) ${id} was not found in this key vault. If you recently deleted this ` +
      'secret you may be able to recover it using the correct recovery command. For help ' +
      'resolving this issue, please see https://go.microsoft.com/fwlink/?linkid=2125182',
  )

export const deletedSecretNotFound = (name: string): Reply =>
  refusal(404, 'SecretNotFound', `Deleted Secret not found: ${name}`)

export const deletedButRecoverable = (name: string): Reply =>
  refusal(
    409,
    'Conflict',
    `Secret ${name} is currently in a deleted but recoverable state, and its name cannot be ` +
      'reused; in this state, the secret can only be recovered or purged.',
    'ObjectIsDeletedButRecoverable',
  )

const doing = {
  deleting: ['deleted', 'ObjectIsBeingDeleted'],
  purging: ['deleted', 'ObjectIsBeingDeleted'],
  recovering: ['recovered', 'ObjectIsBeingRecovered'],
} as const satisfies Record<Pending, readonly [string, string]>

/** Recorded for a recovery (hashicorp/terraform-provider-azurerm issue 12285). */
export const cannotBeRecreated = (name: string, pending: Pending): Reply => {
  const [done, code] = doing[pending]
  const message = `Secret ${name} is currently being ${done} and cannot be re-created; retry later.`
  return refusal(409, 'Conflict', message, code)
}

/** Recorded for a purge that came too soon (hashicorp/terraform-provider-azurerm issue 10454). */
export const inProgress = (pending: Pending): Reply => {
  const [done, code] = doing[pending]
  return refusal(409, 'Conflict', `Secret is currently being ${done}.`, code)
}

/** Recorded (Azure/azure-sdk-for-net issue 14789). */
export const unknownVersion = (version: string, latest: string): Reply =>
  badParameter(
    `The specified version (${version}) is not recognized. Consider using the latest supported ` +
      `version (${latest}).`,
  )

/** Recorded (Azure/azure-cli issue 5639). */
export const tooLong = (max: number): Reply =>
  badParameter(`Secret is beyond the maximum permitted length of ${max} characters.`)

export const alreadyThere = (name: string): Reply =>
  refusal(409, 'Conflict', `Secret ${name} already exists.`)

export const disabledSecret = (): Reply =>
  refusal(403, 'Forbidden', 'Operation get is not allowed on a disabled secret.', 'SecretDisabled')

export const invalidName = (name: string): Reply =>
  refusal(400, 'BadParameter', `The request URI contains an invalid name: ${name}`)

export const badParameter = (message: string): Reply => refusal(400, 'BadParameter', message)

export const methodNotAllowed = (): Reply =>
  refusal(405, 'MethodNotAllowed', 'The HTTP method is not supported by this resource.')

export const notFound = (path: string): Reply =>
  refusal(404, 'NotFound', `The request URI was not found: ${path}`)

export const throttled = (retryAfterSeconds: number): Reply => ({
  ...refusal(
    429,
    'Throttled',
    'Request was not processed because too many requests were received. Reason: ' +
      'VaultRequestTypeLimitReached',
  ),
  headers: { 'retry-after': `${retryAfterSeconds}` },
})

export const serviceUnavailable = (): Reply =>
  refusal(503, 'ServiceUnavailable', 'The service is temporarily unavailable. Please retry.')

export const tooLarge = (): Reply =>
  refusal(413, 'RequestEntityTooLarge', 'The request body is too large.')
