import { request } from 'node:https'

/** As `@azure/core-auth` has it, without importing it. */
export interface AccessToken {
  readonly token: string
  readonly expiresOnTimestamp: number
}

export interface SimCredential {
  getToken(scopes: string | string[]): Promise<AccessToken>
}

export interface CredentialOptions {
  readonly tokenEndpoint: string
  readonly clientId: string
  readonly clientSecret: string
  readonly ca: string
}

/** A token is renewed when it has less than this left. */
const marginMs = 300_000

/** The client credentials flow over TLS against the simulator's own Entra; caches by scope. */
export function clientSecretCredential(options: CredentialOptions): SimCredential {
  const held = new Map<string, AccessToken>()
  return {
    getToken: async scopes => {
      const scope = Array.isArray(scopes) ? scopes.join(' ') : scopes
      const token = held.get(scope)
      if (token && token.expiresOnTimestamp - Date.now() > marginMs) return token
      const fresh = await fetchToken(options, scope)
      held.set(scope, fresh)
      return fresh
    },
  }
}

async function fetchToken(options: CredentialOptions, scope: string): Promise<AccessToken> {
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: options.clientId,
    client_secret: options.clientSecret,
    scope,
  })
  const answer = JSON.parse(await post(options.tokenEndpoint, options.ca, `${form}`)) as {
    access_token?: string
    expires_in?: number
    error_description?: string
  }
  if (answer.access_token === undefined || answer.expires_in === undefined) {
    throw new Error(`The simulated Entra gave no token: ${answer.error_description ?? 'no reason'}`)
  }
  const expiresOnTimestamp = Date.now() + answer.expires_in * 1_000
  return { token: answer.access_token, expiresOnTimestamp }
}

function post(url: string, ca: string, body: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const outgoing = request(url, { method: 'POST', ca, headers, agent: false }, response => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => resolve(Buffer.concat(chunks).toString()))
      response.on('error', reject)
    })
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}
