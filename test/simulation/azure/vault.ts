import { type Publication, slots } from '@keyturn/core'
import { fingerprintOfKey } from '@keyturn/keyring'
import { type KeysetDocument, keysetDocumentSchema } from '@keyturn/protocol'

export interface SecretVersion {
  readonly id: string
  readonly text: string
  readonly at: number
  readonly by: 'coordinator' | 'human'
  /** `null`: not a keyset. */
  readonly document: KeysetDocument | null
}

export type Published = Publication & { readonly installation: string | null }

/** One secret of a Key Vault, as it truly is. */
export class AzureVault {
  readonly versions: SecretVersion[] = []
  #deleted = false
  #serial = 0

  get latest(): SecretVersion | null {
    return this.#deleted ? null : (this.versions.at(-1) ?? null)
  }

  write(text: string, by: SecretVersion['by'], at: number): void {
    this.#serial += 1
    this.#deleted = false
    const document = documentOf(text)
    this.versions.push({ id: `v${this.#serial}`, text, at, by, document })
  }

  delete(): void {
    this.#deleted = true
  }

  /** What the secret said at an instant, as a mount that lags shows it. */
  asOf(at: number): SecretVersion | null {
    return this.versions.findLast(version => version.at <= at) ?? null
  }
}

const documentOf = (text: string): KeysetDocument | null => {
  try {
    return keysetDocumentSchema.parse(JSON.parse(text))
  } catch {
    return null
  }
}

/** A keyset document by its names only. */
export const publishedOf = (document: KeysetDocument): Published => {
  const { version, active, fenced, installation, keys } = document
  const [primary, secondary] = slots.map(slot => fingerprintOfKey(keys[slot]))
  if (!primary || !secondary) throw new TypeError('a keyset has two keys')
  return { version, active, fenced, installation, fingerprints: { primary, secondary } }
}
