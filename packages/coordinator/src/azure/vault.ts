import type { TokenCredential } from '@azure/core-auth'
import { SecretClient } from '@azure/keyvault-secrets'
import type { Pair } from '@keyturn/core'
import { type KeysetDocument, keysetContentType, keysetDocumentSchema } from '@keyturn/protocol'
import type { Vault, VaultRead } from '../ports.ts'
import { secretKey } from '../secret.ts'
import { errorCode } from './azure-error.ts'

export interface VaultOptions {
  /** Whose keyset the secret has to be; another account's is foreign. */
  readonly account: string
  /** Which pair's keyset it has to be; `readWrite` where absent. */
  readonly pair?: Pair | undefined
  readonly url: string
  readonly secretName: string
  readonly credential: TokenCredential
  /** The longest that one read or write may take, the SDK's own retries and waits included. */
  readonly withinMs?: number
}

/** The keyset secret of one account in Key Vault. */
export const openVault = ({
  account,
  pair = 'readWrite',
  url,
  secretName,
  credential,
  withinMs = 60_000,
}: VaultOptions): Vault => {
  const client = new SecretClient(url, credential, {
    // The challenge of a vault on loopback cannot name a public Azure domain.
    disableChallengeResourceVerification: isLoopback(url),
  })

  const read = async (): Promise<VaultRead> => {
    try {
      const { value } = await client.getSecret(secretName, {
        abortSignal: AbortSignal.timeout(withinMs),
      })
      return parseKeyset(value, account, pair)
    } catch (error) {
      if (errorCode(error) === 'SecretNotFound') return { latest: null, foreign: false }
      throw error
    }
  }

  const write = async (document: KeysetDocument): Promise<void> => {
    await client.setSecret(secretName, JSON.stringify(document), {
      contentType: keysetContentType,
      tags: { 'keyturn-version': String(document.version) },
      abortSignal: AbortSignal.timeout(withinMs),
    })
  }

  return { read, write }
}

/** What a secret's value says, if it is a keyset of this account and pair. */
export const parseKeyset = (value: string | undefined, account: string, pair: Pair): VaultRead => {
  const parsed = keysetDocumentSchema.safeParse(parseJson(value ?? ''))
  const isOurs =
    parsed.data?.pair === pair && parsed.data.account.toLowerCase() === account.toLowerCase()
  if (!parsed.success || !isOurs) {
    return { latest: null, foreign: true }
  }
  const { version, active, fenced, installation, repaired, keys } = parsed.data
  const fingerprints = {
    primary: secretKey(keys.primary, 'the keyset').fingerprint,
    secondary: secretKey(keys.secondary, 'the keyset').fingerprint,
  }
  const named = { version, active, fenced, fingerprints, installation }
  return { latest: repaired ? { ...named, repaired } : named, foreign: false }
}

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

export const isLoopback = (url: string): boolean =>
  ['localhost', '127.0.0.1', '[::1]'].includes(new URL(url).hostname)
