import { KeysetError, parseKeyset } from '../document.ts'
import type { LiveKeyset } from '../source.ts'
import type { KeyVaultOptions } from './key-vault-options.ts'
import { ofSubject, plainKey, plainKeyset, plainSlot } from './plain.ts'
import { vaultFailure } from './vault-client.ts'
import { SecretOrder, type SecretText, type VaultSecrets } from './vault-secret.ts'
import { isTagged, TaggedLayout } from './vault-tagged.ts'

/**
 * The layouts in which a vault may hold keys, told apart by what is there. Versions of a secret
 * never change, so each is parsed once, and a look that finds the same ones does nothing more.
 */
export class VaultLayouts {
  readonly #secrets: VaultSecrets
  readonly #options: KeyVaultOptions
  readonly #tagged: TaggedLayout
  /** What these versions were found to be; no keyset is found once as well. */
  #last: { readonly mark: string; readonly found: LiveKeyset | KeysetError } | null = null
  /** Only a keyset says in itself that it is older; for other layouts the vault's word has to do. */
  readonly #orders = new Map<string, SecretOrder>()

  constructor(secrets: VaultSecrets, options: KeyVaultOptions) {
    this.#secrets = secrets
    this.#options = options
    this.#tagged = new TaggedLayout(secrets, options)
  }

  /** @throws VaultFailure, which never quotes what was read. */
  async look(signal: AbortSignal): Promise<LiveKeyset> {
    const { secretName, vaultUrl } = this.#options
    const names = typeof secretName === 'string' ? [secretName] : namesOf(secretName)
    const texts = await Promise.all(names.map(name => this.#secrets.read(name, signal)))
    const mark = markOf(texts)
    const isSame = mark !== null && this.#last?.mark === mark
    const found = isSame && this.#last ? this.#last.found : await this.#find(texts, signal)
    this.#last = mark === null ? null : { mark, found }
    if (found instanceof KeysetError) throw vaultFailure(found, vaultUrl, names.join(' or '))
    return found
  }

  async #find(
    texts: readonly SecretText[],
    signal: AbortSignal,
  ): Promise<LiveKeyset | KeysetError> {
    try {
      return ofSubject(await this.#read(texts, signal), this.#options)
    } catch (error) {
      if (error instanceof KeysetError) return error
      throw error
    }
  }

  async #read(texts: readonly SecretText[], signal: AbortSignal): Promise<LiveKeyset> {
    const [first, second, active] = texts
    if (first === undefined) throw new KeysetError('there is no secret')
    if (second === undefined && !isTagged(first)) return parseKeyset(first.text)
    const older = texts.find(text => this.#orderOf(text).isOlder(text))
    if (older !== undefined) throw this.#secrets.behind(older.name)
    const keyset =
      second === undefined
        ? await this.#tagged.keyset(first, signal)
        : twoSecrets(first, second, active, this.#options)
    for (const text of texts) this.#orderOf(text).took(text)
    return keyset
  }

  #orderOf({ name }: SecretText): SecretOrder {
    const order = this.#orders.get(name) ?? new SecretOrder()
    this.#orders.set(name, order)
    return order
  }
}

const namesOf = ({
  primary,
  secondary,
  active,
}: Exclude<KeyVaultOptions['secretName'], string>): readonly string[] =>
  active === undefined ? [primary, secondary] : [primary, secondary, active]

/** `null`: a reader that tells no versions, whose every answer may be another one. */
const markOf = (texts: readonly SecretText[]): string | null => {
  const versions = texts.map(({ version }) => version)
  return versions.includes(undefined) ? null : versions.join(' ')
}

const twoSecrets = (
  primary: SecretText,
  secondary: SecretText,
  active: SecretText | undefined,
  options: KeyVaultOptions,
): LiveKeyset =>
  plainKeyset(
    {
      primary: plainKey(primary.text, `secret ${primary.name}`),
      secondary: plainKey(secondary.text, `secret ${secondary.name}`),
    },
    plainSlot(active?.text, `secret ${active?.name}`),
    options,
  )
