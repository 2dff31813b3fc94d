import type { Call, Reply } from '../http/call.ts'
import { entraError } from './errors.ts'
import type { EntraOptions } from './options.ts'
import { proofOf } from './proof.ts'

/** The client credentials flow, by secret, certificate or federated assertion. */
export async function token(options: EntraOptions, call: Call): Promise<Reply> {
  const now = options.clock.now()
  const refuse = (status: number, error: string, code: number, text: string): Reply =>
    entraError(status, error, code, text, now)
  const form = new URLSearchParams(call.text)
  for (const name of ['grant_type', 'client_id', 'scope']) {
    if (form.get(name)) continue
    const text = `The request body must contain the following parameter: '${name}'.`
    return refuse(400, 'invalid_request', 900144, text)
  }
  const grant = form.get('grant_type')
  if (grant !== 'client_credentials') {
    const text = `The app requested an unsupported grant type '${grant}'.`
    return refuse(400, 'unsupported_grant_type', 70003, text)
  }
  const clientId = form.get('client_id') ?? ''
  const principal = options.principals.find(p => p.clientId === clientId.toLowerCase())
  if (principal === undefined) {
    const text =
      `Application with identifier '${clientId}' was not found in the directory ` +
      `'${options.tenantId}'. This can happen if the application has not been installed by the ` +
      'administrator of the tenant or consented to by any user in the tenant. You may have sent ' +
      'your authentication request to the wrong tenant.'
    return refuse(400, 'unauthorized_client', 700016, text)
  }
  const { tenantId, authority } = options
  const proof = await proofOf({ tenantId, authority, url: options.url(), now }, principal, form)
  if (typeof proof !== 'string') return refuse(...proof)
  const audience = audienceOf(options, form.get('scope') ?? '')
  if (typeof audience !== 'string') return refuse(...audience)
  const lifetimeSeconds = options.lifetimeSeconds?.(clientId) ?? authority.lifetimeSeconds
  return {
    status: 200,
    headers: { 'cache-control': 'no-store, no-cache', pragma: 'no-cache' },
    body: {
      token_type: 'Bearer',
      expires_in: lifetimeSeconds,
      ext_expires_in: lifetimeSeconds,
      access_token: await authority.issue(principal, audience, lifetimeSeconds, proof),
    },
  }
}

/** The resource that a scope asks for, or why there is none. */
function audienceOf(
  { audiences, tenantId }: EntraOptions,
  scope: string,
): string | readonly [number, string, number, string] {
  const asked = scope.split(' ').find(part => part.endsWith('/.default'))
  if (asked === undefined) {
    const text =
      `The provided value for scope ${scope} is not valid. Client credential flows must have a ` +
      'scope value with /.default suffixed to the resource identifier (application ID URI).'
    return [400, 'invalid_scope', 1002012, text]
  }
  const audience = asked.replace(/\/+\.default$/, '')
  if (audiences().includes(audience)) return audience
  const text =
    `The resource principal named ${audience} was not found in the tenant named ${tenantId}. This ` +
    'can happen if the application has not been installed by the administrator of the tenant or ' +
    'consented to by any user in the tenant. You might have sent your authentication request to ' +
    'the wrong tenant.'
  return [400, 'invalid_resource', 500011, text]
}
