import { randomBytes } from 'node:crypto'
import {
  keysetFromDocument,
  type LiveKeyset,
  type RingSink,
  type Source,
  type SourceStatus,
} from '@keyturn/keyring'
import { type KeysetDocument, keysetContentType } from '@keyturn/protocol'

export const account =
  '/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg/providers/Microsoft.DocumentDB/databaseAccounts/orders'

export const newKey = (): string => randomBytes(64).toString('base64')

export const keyset = (change: Partial<KeysetDocument> = {}): KeysetDocument => ({
  schema: 'keyturn/v1',
  account,
  endpoint: 'http://127.0.0.1:9/',
  pair: 'readWrite',
  installation: 'i-1',
  version: 1,
  active: 'primary',
  fenced: [],
  keys: { primary: newKey(), secondary: newKey() },
  ...change,
})

export { keysetContentType }

/** A source that a test speaks through. It poses as Key Vault. */
export class SpokenSource implements Source {
  readonly kind = 'keyVault'
  readonly stalenessMsMax = 0
  refreshes = 0
  #sink: RingSink | null = null
  #keyset: LiveKeyset | null = null

  constructor(first: KeysetDocument | null = null) {
    this.#keyset = first === null ? null : keysetFromDocument(first)
  }

  /** What it has from now on; told at once. */
  say(document: KeysetDocument): void {
    this.has(document)
    this.#offer()
  }

  /** What it has from now on; told to who asks. */
  has(document: KeysetDocument): void {
    this.#keyset = keysetFromDocument(document)
  }

  start(sink: RingSink): void {
    this.#sink = sink
    this.#offer()
  }

  async refresh(): Promise<void> {
    this.refreshes += 1
    this.#offer()
  }

  status(): SourceStatus {
    const serving = this.#keyset === null ? null : this.kind
    return { kind: this.kind, serving, ageMs: serving === null ? null : 0, lastError: null }
  }

  async stop(): Promise<void> {
    this.#sink = null
  }

  #offer(): void {
    if (this.#keyset !== null) this.#sink?.offer(this.#keyset)
  }
}
