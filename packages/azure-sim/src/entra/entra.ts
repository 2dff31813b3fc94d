import type { Call, Reply } from '../http/call.ts'
import { type Params, Routes } from '../http/routes.ts'
import { entraError } from './errors.ts'
import { managedIdentityPath, managedIdentityToken } from './managed-identity.ts'
import type { EntraOptions } from './options.ts'
import { token } from './token-endpoint.ts'

export { federationIssuer } from './proof.ts'

type Route = (options: EntraOptions, call: Call, params: Params) => Reply | Promise<Reply>

const discover: Route = (options, _, params) => discovery(options, params)

export const routes = new Routes<Route>()
  .on('GET', '/:tenant/v2.0/.well-known/openid-configuration', discover)
  .on('GET', '/:tenant/.well-known/openid-configuration', discover)
  .on('GET', '/:tenant/discovery/v2.0/keys', keys)
  .on('GET', '/:tenant/discovery/keys', keys)
  .on('POST', '/:tenant/oauth2/v2.0/token', (options, call, params) =>
    isTenant(options, params) ? token(options, call) : unknownTenant(options, params),
  )
  .on('GET', managedIdentityPath, managedIdentityToken)

/** Entra ID's discovery, key set and token endpoint, for one tenant; and its managed identities. */
export function createEntra(options: EntraOptions): (call: Call) => Promise<Reply> {
  return async call => {
    const match = routes.find(call.method, call.path)
    if (match === undefined) return { status: 404 }
    if ('allow' in match) return { status: 405, headers: { allow: match.allow.join(', ') } }
    return match.route(options, call, match.params)
  }
}

async function keys(options: EntraOptions, _: Call, params: Params): Promise<Reply> {
  if (!isTenant(options, params)) return unknownTenant(options, params)
  return { status: 200, body: await options.authority.jwks() }
}

/** The issuer must equal the authority's address to the letter, else the real library refuses. */
function discovery(options: EntraOptions, params: Params): Reply {
  if (!isTenant(options, params)) return unknownTenant(options, params)
  const base = `${options.url()}/${options.tenantId}`
  return {
    status: 200,
    body: {
      token_endpoint: `${base}/oauth2/v2.0/token`,
      token_endpoint_auth_methods_supported: ['client_secret_post', 'private_key_jwt'],
      jwks_uri: `${base}/discovery/v2.0/keys`,
      response_modes_supported: ['query', 'fragment', 'form_post'],
      subject_types_supported: ['pairwise'],
      id_token_signing_alg_values_supported: ['RS256'],
      response_types_supported: ['code', 'id_token', 'code id_token', 'id_token token'],
      scopes_supported: ['openid', 'profile', 'email', 'offline_access'],
      issuer: `${base}/v2.0`,
      authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
      device_authorization_endpoint: `${base}/oauth2/v2.0/devicecode`,
      end_session_endpoint: `${base}/oauth2/v2.0/logout`,
      claims_supported: ['sub', 'iss', 'aud', 'exp', 'iat', 'tid', 'ver'],
      tenant_region_scope: null,
      cloud_instance_name: 'microsoftonline.com',
    },
  }
}

function isTenant({ tenantId }: EntraOptions, { tenant = '' }: Params): boolean {
  return tenant.toLowerCase() === tenantId.toLowerCase()
}

function unknownTenant({ clock }: EntraOptions, { tenant = '' }: Params): Reply {
  const text =
    `Tenant '${tenant}' not found. Check to make sure you have the correct tenant ID and are ` +
    'signing into the correct cloud. Check with your subscription administrator, this may happen ' +
    'if there are no active subscriptions for the tenant.'
  return entraError(400, 'invalid_request', 90002, text, clock.now())
}
