import type { TokenCredential } from '@azure/core-auth'
import type { PipelinePolicy } from '@azure/core-rest-pipeline'
import { SecretClient } from '@azure/keyvault-secrets'
import { get } from '../azure/arm-get.ts'
import { isLoopback, openVault } from '../azure/vault.ts'
import type { AccountConfig } from '../options.ts'
import { type Asked, type ClockFacts, known, type VaultFacts } from './facts.ts'
import { aheadOf } from './gather-arm.ts'
import { unknown } from './unknown.ts'

const answerWithinMs = 20_000

export interface VaultQuestions {
  readonly config: AccountConfig
  readonly credential: TokenCredential
  readonly now: () => number
}

/** What stands in the secret, and whether it may be read and written. It writes nothing. */
export const askVault = async ({ config, credential, now }: VaultQuestions) => {
  const { url, secret } = config.vault
  const { account, pair } = config
  const vault = openVault({
    account,
    pair,
    url,
    secretName: secret,
    credential,
    withinMs: answerWithinMs,
  })
  const [read, set, challenge] = await Promise.all([
    vault.read().then(known, unknown),
    maySet(url, secret, credential),
    challengeOf(url, now),
  ])
  const facts: Omit<VaultFacts, 'bytes'> = { read, set, authority: challenge.authority }
  const clock: ClockFacts = { of: 'Key Vault', aheadMs: challenge.aheadMs }
  return { facts, clock }
}

/**
 * Whether a write would be let through: one whose body the vault refuses for its form (400) is let
 * through; a caller without the right is refused first (403). Nothing is written either way.
 */
const maySet = async (
  url: string,
  secret: string,
  credential: TokenCredential,
): Promise<Asked<boolean>> => {
  const client = new SecretClient(url, credential, {
    disableChallengeResourceVerification: isLoopback(url),
    retryOptions: { maxRetries: 1 },
    additionalPolicies: [{ policy: withoutValue, position: 'perRetry' }],
  })
  try {
    await client.setSecret(secret, '-', { abortSignal: AbortSignal.timeout(answerWithinMs) })
    return { known: false, why: 'the vault took a secret without a value' }
  } catch (error) {
    const asked = unknown(error)
    if (asked.known) return asked
    return asked.status === 400 ? known(true) : asked.status === 403 ? known(false) : asked
  }
}

/** A secret has to have a value: without one nothing can be made of the request. */
const withoutValue: PipelinePolicy = {
  name: 'without-value',
  sendRequest(request, next) {
    if (request.method === 'PUT' && request.body) request.body = '{}'
    return next(request)
  },
}

/** What anybody is told who comes without a token: the vault's authority, and its time. */
const challengeOf = async (
  url: string,
  now: () => number,
): Promise<{ authority: Asked<string | null>; aheadMs: Asked<number> }> => {
  const sent = now()
  try {
    const place = new URL('/secrets?api-version=7.5', url).href
    const { headers, date } = await get(place, {}, AbortSignal.timeout(answerWithinMs))
    const said = /authorization(?:_uri)?="([^"]+)"/.exec(`${headers['www-authenticate'] ?? ''}`)
    return { authority: known(said?.[1] ?? null), aheadMs: aheadOf(date, sent, now()) }
  } catch (error) {
    return { authority: unknown(error), aheadMs: unknown(error) }
  }
}
