import type { Account } from '../account/account.ts'
import { type KeyKind, keyKinds } from '../account/types.ts'
import type { KeyUsage } from '../account/usage.ts'

/**
 * Azure's own check before a key is pulled (learn.microsoft.com, "Rotate keys by using safe key
 * rotation", preview): a key that was used in the last 12 hours is not regenerated, and local
 * authentication is not disabled, where these capabilities ask for the check.
 */
export const checkBeforeRegeneration = 'EnableKeyCheckBeforeRegenerationPreview'
export const checkBeforeDisabling = 'EnableAccountKeysLastUsageCheckInDisableLocalAuth'

const quietMs = 12 * 3_600_000

/**
 * Published as PascalCase in the article and in Az.CosmosDB, and as camelCase in Azure CLI and the
 * Java client: a property of the body of `regenerateKey`, taken in either case.
 */
export function skipsCheck(body: Record<string, unknown>): boolean {
  const entry = Object.entries(body).find(
    ([name]) => name.toLowerCase() === 'skipaccountkeyslastusagecheck',
  )
  return entry?.[1] === true
}

/** The last use that forbids pulling this key now; nothing where it may be pulled. */
export function recentUse(
  account: Account,
  usage: KeyUsage,
  kind: KeyKind,
  now: number,
): number | undefined {
  const lastUse = usage.lastUse(account.shown(kind).key, now)
  return lastUse !== undefined && now - lastUse < quietMs ? lastUse : undefined
}

export function anyRecentUse(account: Account, usage: KeyUsage, now: number): boolean {
  return keyKinds.some(kind => recentUse(account, usage, kind, now) !== undefined)
}
