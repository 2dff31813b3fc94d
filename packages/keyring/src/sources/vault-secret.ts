import { orAborted } from './follow-loop.ts'
import type { SecretFacts, SecretReader } from './key-vault-options.ts'
import { VaultFailure, vaultFailure } from './vault-client.ts'

/** A version of a secret as it was read. */
export interface SecretText extends SecretFacts {
  readonly name: string
  readonly text: string
}

/** The secrets of one vault, with failures that name what was asked for. */
export class VaultSecrets {
  readonly #client: SecretReader
  readonly #vaultUrl: string

  constructor(client: SecretReader, vaultUrl: string) {
    this.#client = client
    this.#vaultUrl = vaultUrl
  }

  /** @throws VaultFailure */
  async read(name: string, abortSignal: AbortSignal, version?: string): Promise<SecretText> {
    const options = version === undefined ? { abortSignal } : { abortSignal, version }
    try {
      // A client that does not heed the signal must not hold up the loop.
      const read = this.#client.getSecret(name, options)
      const { value, properties } = await orAborted(read, abortSignal)
      const { version: is, createdOn, tags } = properties
      return { name, text: value ?? '', version: is, createdOn, tags }
    } catch (error) {
      throw vaultFailure(error, this.#vaultUrl, name)
    }
  }

  /** All versions' facts, newest first; `null` where they may not be listed. @throws VaultFailure */
  async versions(name: string, abortSignal: AbortSignal): Promise<readonly SecretFacts[] | null> {
    const listed = this.#client.listPropertiesOfSecretVersions?.(name, { abortSignal })
    if (listed === undefined) return null
    const all: SecretFacts[] = []
    try {
      for await (const { version, createdOn, enabled, tags } of listed) {
        all.push({ version, createdOn, enabled, tags })
      }
    } catch (error) {
      if (isForbidden(error)) return null
      throw vaultFailure(error, this.#vaultUrl, name)
    }
    return all.sort((a, b) => (b.createdOn?.getTime() ?? 0) - (a.createdOn?.getTime() ?? 0))
  }

  /** A replica that lags; the newer one stays in use. */
  behind(name: string): VaultFailure {
    return new VaultFailure(
      `Secret ${name} of ${this.#vaultUrl} was answered in an older version than before: a replica of the vault lags, and the newer one stays in use.`,
      0,
    )
  }
}

/** As many as a fast test makes in a second, which is how exactly the vault tells the time. */
const supersededMax = 64

/** Which of two versions of a secret is the newer one, where their content does not say. */
export class SecretOrder {
  #newest: SecretFacts | null = null
  readonly #superseded = new Set<string>()

  isOlder({ version, createdOn }: SecretFacts): boolean {
    if (version !== undefined && this.#superseded.has(version)) return true
    const newest = this.#newest?.createdOn
    return newest !== undefined && createdOn !== undefined && createdOn < newest
  }

  /** It is in use from now on. */
  took({ version, createdOn }: SecretFacts): void {
    const before = this.#newest?.version
    if (before !== undefined && before !== version) this.#superseded.add(before)
    const [oldest] = this.#superseded
    if (this.#superseded.size > supersededMax && oldest !== undefined) {
      this.#superseded.delete(oldest)
    }
    this.#newest = { version, createdOn }
  }
}

const isForbidden = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'statusCode' in error && error.statusCode === 403
