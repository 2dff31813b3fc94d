import { keysetToDocument, type LiveKeyset } from '@keyturn/keyring'
import { keysetDocumentSchema } from '@keyturn/protocol'

export interface Printable {
  /** Stands for the content: the version, or in layouts without versions a count of changes. */
  readonly mark: string
  /** JSON with the keys, for the socket only; printed when it goes out, never kept as text. */
  print(): string
}

/** The held keyset as it goes out over the socket. */
export class KeysetText {
  readonly #held: () => LiveKeyset | null
  #last: { readonly keyset: LiveKeyset; readonly printable: Printable } | null = null
  #changes = 0

  constructor(held: () => LiveKeyset | null) {
    this.#held = held
  }

  current(): Printable | null {
    const keyset = this.#held()
    if (keyset === null) return null
    if (this.#last?.keyset === keyset) return this.#last.printable
    this.#changes += 1
    const mark = keyset.version > 0 ? `${keyset.version}` : `0-${this.#changes}`
    const printable = { mark, print: () => JSON.stringify(keysetToDocument(keyset)) }
    this.#last = { keyset, printable }
    return printable
  }
}

/**
 * Whether applications could read this keyset: layouts that do not say whose keys they hold
 * have no account and no endpoint, unless the source was told them.
 */
export const isPrintable = (keyset: LiveKeyset): boolean =>
  keysetDocumentSchema.safeParse(keysetToDocument(keyset)).success
