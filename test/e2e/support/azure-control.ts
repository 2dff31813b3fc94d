import type { AzureByHand } from '../../../packages/cli/src/demo/azure.ts'

/** What lies in wait for the next management call that fits. */
export interface Ambush {
  readonly service: 'arm' | 'vault'
  readonly fault: 'none' | 'error' | 'lost' | 'late'
  readonly verb: string
  readonly path: string
  readonly delayMs?: number
}

/** Longer than any test: a call that is answered so late is never answered. */
export const neverMs = 3_600_000

/** @returns how to lift it again: nothing lies in wait any more once that has resolved. */
export const ambush = async (hand: AzureByHand, wanted: Ambush): Promise<() => Promise<void>> => {
  const { controlUrl, armEndpoint, vaultUrl } = hand.azure
  const response = await fetch(`${controlUrl}/weather/once`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(wanted),
  })
  if (!response.ok) throw new Error(`azure-sim refused the ambush: ${await response.text()}`)
  const url = `${wanted.service === 'arm' ? armEndpoint : vaultUrl}${wanted.path}`
  return async () => {
    while (!(await isAnswered(wanted.verb, url)));
  }
}

/** Without a token a call comes to nothing; still it falls into whatever lies in wait for it. */
const isAnswered = async (method: string, url: string): Promise<boolean> => {
  try {
    await fetch(url, { method, signal: AbortSignal.timeout(2_000) })
    return true
  } catch {
    return false
  }
}

export interface Testimony {
  readonly keys: readonly {
    readonly region: string
    readonly kind: string | null
    readonly generation: number
    readonly accepted: number
    readonly refused: number
  }[]
  readonly arm: readonly {
    readonly verb: string
    readonly path: string
    readonly status: number
    readonly fault?: string
    readonly body?: { readonly keyKind?: string }
  }[]
}

export const testimony = (hand: AzureByHand): Promise<Testimony> => hand.control('/witness')

/** The slots of the `regenerateKey` calls that took effect, in their order. */
export const regenerated = async (hand: AzureByHand): Promise<(string | undefined)[]> => {
  const { arm } = await testimony(hand)
  return arm
    .filter(
      ({ verb, path }) => verb === 'POST' && /\/regenerateKey$/i.test(path.split('?')[0] ?? ''),
    )
    .filter(({ status }) => status === 202)
    .map(({ body }) => body?.keyKind)
}

/** The newest generation of each key that anybody signed with. */
export const newestGenerations = async (hand: AzureByHand): Promise<Record<string, number>> => {
  const newest: Record<string, number> = {}
  for (const { kind, generation } of (await testimony(hand)).keys) {
    if (kind !== null) newest[kind] = Math.max(newest[kind] ?? 0, generation)
  }
  return newest
}

/** Every key that the account has at this moment; none where Azure does not answer now. */
export const everyKeyOf = async ({ azure }: AzureByHand): Promise<readonly string[]> => {
  try {
    const operator = azure.principals['operator']
    const granted = await fetch(`${azure.authorityHost}/${azure.tenantId}/oauth2/v2.0/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: operator?.clientId ?? '',
        client_secret: operator?.clientSecret ?? '',
        scope: 'https://management.azure.com/.default',
      }),
    })
    const { access_token: token } = (await granted.json()) as { access_token: string }
    const response = await fetch(
      `${azure.armEndpoint}${azure.accountId}/listKeys?api-version=2026-03-15`,
      { method: 'POST', headers: { authorization: `Bearer ${token}` } },
    )
    return response.ok ? Object.values((await response.json()) as Record<string, string>) : []
  } catch {
    return []
  }
}
