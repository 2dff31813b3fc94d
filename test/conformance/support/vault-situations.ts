import { TokenAuthority } from '../../../packages/azure-sim/src/entra/tokens.ts'
import { type AzureSim, VirtualClock } from '../../../packages/azure-sim/src/index.ts'
import { unauthorized, vaultAudience } from '../../../packages/azure-sim/src/vault/errors.ts'
import { type RawAnswer, rawRequest } from '../../../packages/azure-sim/test/clients.ts'

export interface VaultAnswer {
  readonly status: number
  readonly body: {
    readonly error?: {
      readonly code?: string
      readonly message?: string
      readonly innererror?: { readonly code?: string }
    }
  }
}

const call = async (
  sim: AzureSim,
  method: string,
  path: string,
  { scope = 'https://vault.azure.net/.default', body }: { scope?: string; body?: unknown } = {},
): Promise<VaultAnswer> => {
  const { token } = await sim.credential.getToken(scope)
  return callWith(sim, token, method, path, body)
}

const callWith = async (
  sim: AzureSim,
  token: string,
  method: string,
  path: string,
  body?: unknown,
): Promise<VaultAnswer> => {
  const answer: RawAnswer = await rawRequest(`${sim.vaultUrl}${path}?api-version=7.5`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return answer as VaultAnswer
}

type Situation = (sim: AzureSim, clock: VirtualClock) => Promise<VaultAnswer>

/** What brings about each recorded refusal, by its message. */
export const vaultSituations: Readonly<Record<string, Situation>> = {
  'AKV10022: Invalid audience. Expected https://vault.azure.net, found: {aud}.': sim =>
    call(sim, 'GET', '/secrets', { scope: 'https://management.azure.com/.default' }),

  'AKV10032: Invalid issuer. Expected one of https://sts.windows.net/{tenant}/, found https://sts.windows.net/{other}/.':
    async () => {
      const clock = new VirtualClock()
      const tenantId = '11111111-2222-4333-8444-555555555555'
      const other = 'https://sts.windows.net/66666666-7777-4888-9999-000000000000/'
      // Tenants of Entra share their keys, so that only the issuer tells them apart.
      const principals: [] = []
      const tokens = await TokenAuthority.make({ tenantId, clock, principals, lifetimeSeconds: 60 })
      const token = await tokens.keys.sign({
        ...{ aud: vaultAudience, iss: other, exp: Math.floor(clock.now() / 1_000) + 60 },
      })
      const verified = await tokens.verify(`Bearer ${token}`, [vaultAudience])
      if (!('problem' in verified)) throw new Error('A token of another tenant was taken.')
      return unauthorized(verified.problem, 'https://localhost') as VaultAnswer
    },

  'Deleted Secret not found: MySecretName': sim => call(sim, 'GET', '/deletedsecrets/MySecretName'),

  'Secret {name} is currently in a deleted but recoverable state, and its name cannot be reused; in this state, the secret can only be recovered or purged.':
    async (sim, clock) => {
      await call(sim, 'PUT', '/secrets/conflict', { body: { value: 'v' } })
      await call(sim, 'DELETE', '/secrets/conflict')
      // A deletion takes its time, and has words of its own until then.
      clock.advance(600_000)
      return call(sim, 'PUT', '/secrets/conflict', { body: { value: 'v' } })
    },
}
