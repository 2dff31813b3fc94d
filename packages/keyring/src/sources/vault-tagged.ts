import { isAccountKey, otherSlot, type Pair, type Slot } from '@keyturn/core'
import { KeysetError } from '../document.ts'
import type { Key } from '../key.ts'
import type { LiveKeyset } from '../source.ts'
import type { SecretFacts } from './key-vault-options.ts'
import { plainKey, plainKeyset, type SubjectOptions } from './plain.ts'
import type { SecretText, VaultSecrets } from './vault-secret.ts'

/** `Primary`, `secondaryReadonly`, `PrimaryReadonlyMasterKey`: people and scripts differ. */
const credentialPattern = /^(primary|secondary)(readonly)?(?:masterkey)?$/i

interface Credential {
  readonly slot: Slot
  readonly pair: Pair
}

/** Which key a version holds, by its tag. */
const credentialOf = ({ tags }: SecretFacts): Credential | null => {
  const [, slot, readOnly] = credentialPattern.exec(tags?.['CredentialId'] ?? '') ?? []
  if (slot === undefined) return null
  return {
    slot: slot.toLowerCase() === 'primary' ? 'primary' : 'secondary',
    pair: readOnly === undefined ? 'readWrite' : 'readOnly',
  }
}

/** Azure's rotation functions write this tag, and nothing of ours does. */
export const isTagged = ({ tags }: SecretFacts): boolean => tags?.['CredentialId'] !== undefined

/**
 * Azure's own layout: one secret, whose latest version holds the key to use and whose version
 * before it the other key, each named by the tag `CredentialId`.
 */
export class TaggedLayout {
  readonly #secrets: VaultSecrets
  readonly #subject: SubjectOptions
  /** Keys seen, by slot: where versions may not be listed, a running process knows the one before. */
  #known: Partial<Record<Slot, Key>> = {}

  constructor(secrets: VaultSecrets, subject: SubjectOptions) {
    this.#secrets = secrets
    this.#subject = subject
  }

  /** @throws KeysetError, VaultFailure */
  async keyset(latest: SecretText, signal: AbortSignal): Promise<LiveKeyset> {
    const credential = credentialOf(latest)
    if (credential === null) {
      throw new KeysetError('its tag CredentialId names neither Primary nor Secondary')
    }
    const { slot, pair } = credential
    const key = plainKey(latest.text, 'the secret')
    const before = await this.#before(latest.name, credential, signal)
    const other = before ?? this.#known[otherSlot(slot)]
    this.#known = { ...this.#known, [slot]: key }
    // With the other key unknown there is nothing to fail over to, and nothing is made up: the
    // one that is known stands in both slots.
    const standby = other ?? key
    const keys =
      slot === 'primary'
        ? { primary: key, secondary: standby }
        : { primary: standby, secondary: key }
    const account = latest.tags?.['ProviderAddress'] ?? this.#subject.account ?? ''
    return plainKeyset(keys, slot, { ...this.#subject, account, pair })
  }

  /** The newest key of the other slot; an older one was regenerated since. */
  async #before(
    name: string,
    { slot, pair }: Credential,
    signal: AbortSignal,
  ): Promise<Key | null> {
    const versions = (await this.#secrets.versions(name, signal)) ?? []
    const found = versions.find(facts => {
      const credential = credentialOf(facts)
      const isOther = credential?.slot === otherSlot(slot) && credential.pair === pair
      return isOther && facts.enabled !== false
    })
    if (found?.version === undefined) return null
    const { text } = await this.#secrets.read(name, signal, found.version)
    return isAccountKey(text.trim()) ? plainKey(text, 'the version before') : null
  }
}
