import type { Call, Reply } from '../http/call.ts'
import type { EntraOptions } from './options.ts'

/** Outside every tenant's paths: App Service gives its applications an address of its own. */
export const managedIdentityPath = '/msi/token'

/**
 * The token endpoint that App Service gives an application in `IDENTITY_ENDPOINT`, guarded by the
 * value of `IDENTITY_HEADER` (learn.microsoft.com, "How to use managed identities for App Service
 * and Azure Functions", REST endpoint reference). Refusals are assumed: their bodies are not
 * published.
 */
export async function managedIdentityToken(options: EntraOptions, call: Call): Promise<Reply> {
  const refuse = (status: number, message: string): Reply => ({
    status,
    body: { statusCode: status, message },
  })
  const header = call.headers['x-identity-header']
  const principal = options.principals.find(({ identityHeader }) => identityHeader === header)
  if (principal === undefined) return refuse(401, 'The X-IDENTITY-HEADER is missing or wrong.')
  if (call.query.get('api-version') !== '2019-08-01') {
    return refuse(400, 'The api-version must be 2019-08-01.')
  }
  const clientId = call.query.get('client_id')
  if (clientId !== null && clientId !== principal.clientId) {
    return refuse(400, `No User Assigned Managed Identity found for the client id ${clientId}.`)
  }
  const resource = (call.query.get('resource') ?? '').replace(/\/+$/, '')
  if (!options.audiences().includes(resource)) {
    return refuse(400, `The resource ${resource} was not found in the tenant.`)
  }
  const { authority, clock } = options
  const lifetimeSeconds = options.lifetimeSeconds?.(principal.clientId) ?? authority.lifetimeSeconds
  return {
    status: 200,
    body: {
      access_token: await authority.issue(principal, resource, lifetimeSeconds, 'assertion'),
      expires_on: `${Math.floor(clock.now() / 1_000) + lifetimeSeconds}`,
      resource,
      token_type: 'Bearer',
      client_id: principal.clientId,
    },
  }
}
