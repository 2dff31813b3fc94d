import type { TokenCredential } from '@azure/core-auth'
import { SecretClient, type SecretProperties } from '@azure/keyvault-secrets'
import type { Latest, Pair } from '@keyturn/core'
import { keysetDocumentSchema } from '@keyturn/protocol'
import { errorCode } from '../azure/azure-error.ts'
import { isLoopback, parseKeyset } from '../azure/vault.ts'
import { RepairError } from './error.ts'

/** What a vault remembers of an account's keysets. */
export interface Past {
  /** What stands there now, if it is a keyset of this account and pair. */
  readonly latest: Latest | null
  /** The newest keyset of this account and pair that can still be read. */
  readonly last: Latest | null
  /** The largest version that any of the secret's versions tells; `0`: none does. */
  readonly largest: number
  /** Whether what stands there is a keyset of another account or pair. */
  readonly foreign: boolean
}

export interface PastOptions {
  readonly account: string
  readonly pair: Pair
  readonly url: string
  readonly secretName: string
  readonly credential: TokenCredential
}

/** So many of the newest versions are read for the last good keyset; the tag tells the number. */
const readMax = 25

/**
 * The versions of the secret, newest first: each keyset was written with its number as a tag, so
 * that the largest is known even where no value can be read any more.
 * @throws {RepairError} SECRET_DELETED, and whatever Key Vault refuses
 */
export const readPast = async (options: PastOptions): Promise<Past> => {
  const { account, pair, url, secretName, credential } = options
  const client = new SecretClient(url, credential, {
    disableChallengeResourceVerification: isLoopback(url),
  })
  const versions = await versionsOf(client, secretName)
  if (versions.length === 0) await refuseDeleted(client, secretName)
  // Versions made within one second have one date: which is the latest, the vault itself says.
  const standing = await readValue(client, secretName, undefined)
  const { latest } = parseKeyset(standing, account, pair)
  const foreign = latest === null && isKeyset(standing)
  let last = latest
  let largest = Math.max(
    latest?.version ?? 0,
    ...versions.map(({ tags }) => numberIn(tags?.['keyturn-version'])),
  )
  for (const { version, enabled } of versions.slice(0, readMax)) {
    if (enabled === false) continue
    const value = await readValue(client, secretName, version)
    const keyset = parseKeyset(value, account, pair).latest
    if (keyset === null) continue
    largest = Math.max(largest, keyset.version)
    if (last === null || keyset.version > last.version) last = keyset
  }
  return { latest, last, largest, foreign }
}

const versionsOf = async (
  client: SecretClient,
  name: string,
): Promise<readonly SecretProperties[]> => {
  const found: SecretProperties[] = []
  try {
    for await (const version of client.listPropertiesOfSecretVersions(name)) found.push(version)
  } catch (error) {
    // Without the right to list: the version that stands there is all that can be seen.
    if ((error as { statusCode?: unknown }).statusCode !== 403) throw error
    const { properties } = await client.getSecret(name)
    return [properties]
  }
  return found.toSorted((a, b) => (b.createdOn?.getTime() ?? 0) - (a.createdOn?.getTime() ?? 0))
}

const refuseDeleted = async (client: SecretClient, name: string): Promise<void> => {
  const deleted = await client.getDeletedSecret(name).catch(() => null)
  if (deleted === null) return
  throw new RepairError(
    'SECRET_DELETED',
    `The secret ${name} is deleted, and keeps its name: bring it back with az keyvault secret recover --vault-name <vault> --name ${name}, and try again.`,
  )
}

const readValue = async (
  client: SecretClient,
  name: string,
  version: string | undefined,
): Promise<string | undefined> => {
  try {
    return (await client.getSecret(name, version === undefined ? {} : { version })).value
  } catch (error) {
    // Disabled or gone between two calls: one value less to learn from.
    if (errorCode(error) === 'SecretNotFound' || errorCode(error) === 'Forbidden') return undefined
    throw error
  }
}

const isKeyset = (value: string | undefined): boolean => {
  try {
    return keysetDocumentSchema.safeParse(JSON.parse(value ?? '')).success
  } catch {
    return false
  }
}

const numberIn = (tag: string | undefined): number => {
  const version = Number(tag)
  return Number.isSafeInteger(version) && version > 0 ? version : 0
}
