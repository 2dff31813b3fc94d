import type { Clock } from '../clock.ts'
import type { Call, Reply } from '../http/call.ts'
import { type Params, Routes } from '../http/routes.ts'
import { entraError } from './errors.ts'
import type { Principal } from './principals.ts'
import { federatedAudience, type TokenAuthority } from './tokens.ts'

export interface EntraOptions {
  readonly tenantId: string
  readonly clock: Clock
  readonly authority: TokenAuthority
  readonly principals: readonly Principal[]
  /** Resources that tokens can be asked for, without a slash at the end. */
  readonly audiences: () => readonly string[]
  /** `https://localhost:PORT`, known once the server listens. */
  readonly url: () => string
}

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

type Route = (options: EntraOptions, call: Call, params: Params) => Reply | Promise<Reply>

const discover: Route = (options, _, params) => discovery(options, params)

export const routes = new Routes<Route>()
  .on('GET', '/:tenant/v2.0/.well-known/openid-configuration', discover)
  .on('GET', '/:tenant/.well-known/openid-configuration', discover)
  .on('GET', '/:tenant/discovery/v2.0/keys', async ({ authority }) => ({
    status: 200,
    body: await authority.jwks(),
  }))
  .on('POST', '/:tenant/oauth2/v2.0/token', (options, call, params) =>
    token(options, params['tenant'] ?? '', call),
  )

/** Entra ID's discovery, key set and token endpoint, for one tenant. */
export function createEntra(options: EntraOptions): (call: Call) => Promise<Reply> {
  return async call => {
    const match = routes.find(call.method, call.path)
    if (match === undefined) return { status: 404 }
    if ('allow' in match) return { status: 405, headers: { allow: match.allow.join(', ') } }
    return match.route(options, call, match.params)
  }
}

/** The issuer must equal the authority's address to the letter, else the real library refuses. */
function discovery(options: EntraOptions, params: Params): Reply {
  const tenant = params['tenant'] ?? ''
  if (!isTenant(options, tenant)) return unknownTenant(options, tenant)
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

async function token(options: EntraOptions, tenant: string, call: Call): Promise<Reply> {
  const refuse = (status: number, error: string, code: number, text: string): Reply =>
    entraError(status, error, code, text, options.clock.now())
  if (!isTenant(options, tenant)) return unknownTenant(options, tenant)
  const form = new URLSearchParams(call.text)
  const grant = form.get('grant_type')
  if (grant !== 'client_credentials') {
    const text = `The app requested an unsupported grant type '${grant ?? ''}'.`
    return refuse(400, 'unsupported_grant_type', 70003, text)
  }
  const clientId = form.get('client_id') ?? ''
  const principal = options.principals.find(p => p.clientId === clientId)
  if (principal === undefined) {
    const text =
      `Application with identifier '${clientId}' was not found in the directory ` +
      `'${options.tenantId}'.`
    return refuse(400, 'unauthorized_client', 700016, text)
  }
  const problem = await proofProblem(options, principal, form)
  if (problem) return refuse(...problem)
  const scope = form.get('scope') ?? ''
  const audience = scope.split(' ')[0]?.replace(/\/+\.default$/, '') ?? ''
  if (!scope.includes('.default') || !options.audiences().includes(audience)) {
    const text =
      `The resource principal named ${audience || scope} was not found in the tenant named ` +
      `${options.tenantId}.`
    return refuse(400, 'invalid_resource', 500011, text)
  }
  const { lifetimeSeconds } = options.authority
  return {
    status: 200,
    headers: { 'cache-control': 'no-store, no-cache', pragma: 'no-cache' },
    body: {
      token_type: 'Bearer',
      expires_in: lifetimeSeconds,
      ext_expires_in: lifetimeSeconds,
      access_token: await options.authority.issue(principal, audience),
    },
  }
}

/** Why this is not the principal, as arguments for a refusal; nothing where it is. */
async function proofProblem(
  options: EntraOptions,
  principal: Principal,
  form: URLSearchParams,
): Promise<[number, string, number, string] | undefined> {
  const secret = form.get('client_secret')
  if (secret === principal.clientSecret) return undefined
  if (secret !== null) {
    const text =
      'Invalid client secret provided. Ensure the secret being sent in the request is the client ' +
      `secret value, not the client secret ID, for a secret added to app '${principal.clientId}'.`
    return [401, 'invalid_client', 7000215, text]
  }
  const assertion = form.get('client_assertion')
  if (assertion === null || form.get('client_assertion_type') !== assertionType) {
    const text =
      "The request body must contain the following parameter: 'client_assertion' or 'client_secret'."
    return [401, 'invalid_client', 7000218, text]
  }
  const claims = await options.authority.claims(assertion)
  if ('why' in claims) {
    const text =
      'Client assertion failed signature validation, or is not within its valid time range.'
    return [401, 'invalid_client', 700027, text]
  }
  const issuer = federationIssuer(options.url())
  const fits =
    claims.iss === issuer &&
    claims.sub === principal.federatedSubject &&
    claims.aud === federatedAudience
  if (fits) return undefined
  const text =
    'No matching federated identity record found for presented assertion. Assertion Issuer: ' +
    `'${claims.iss}'. Assertion Subject: '${claims.sub}'. Assertion Audience: '${claims.aud}'.`
  return [401, 'invalid_client', 70021, text]
}

/** Stands for the issuer of a cluster whose service accounts are federated with this tenant. */
export function federationIssuer(entraUrl: string): string {
  return `${entraUrl}/cluster`
}

function isTenant(options: EntraOptions, tenant: string): boolean {
  return tenant.toLowerCase() === options.tenantId.toLowerCase()
}

function unknownTenant(options: EntraOptions, tenant: string): Reply {
  const text =
    `Tenant '${tenant}' not found. Check to make sure you have the correct tenant ID and are ` +
    'signing into the correct cloud.'
  return entraError(400, 'invalid_request', 90002, text, options.clock.now())
}
