import type { OfferRefusal } from '@keyturn/core'
import type { Clock } from '../clock.ts'
import type { LiveKeyset, RingSink, SourceKind, SourceStatus } from '../source.ts'

const sentences: Readonly<Record<Exclude<OfferRefusal, 'unchanged'>, string>> = {
  'other-account': 'it is for another account: point this source at the account it started with',
  'other-pair': 'it is for the other pair of keys: one ring follows one pair',
  'older-version': 'it is older than the one held: the source lags, or was set back by hand',
  'same-version-differs': 'its version is held with other content: somebody edited it by hand',
  'lost-version': 'it has no version while the one held has: publish it again with its version',
}

/** How a source stands: when it last gave a keyset, and what went wrong since. Never a key. */
export class Reading {
  readonly #kind: SourceKind
  readonly #clock: Clock
  #goodAt: number | null = null
  #lastError: string | null = null

  constructor(kind: SourceKind, clock: Clock) {
    this.#kind = kind
    this.#clock = clock
  }

  /** What was given last, if anything was, still holds. */
  good(): void {
    if (this.#goodAt !== null) this.#took()
  }

  /** Offers what was read, and remembers how that went. @returns whether it is held now. */
  offer(sink: RingSink, keyset: LiveKeyset): boolean {
    const verdict = sink.offer(keyset)
    if (verdict.take || verdict.reason === 'unchanged') {
      this.#took()
      return true
    }
    this.#lastError = `The keyset of version ${keyset.version} was not taken: ${sentences[verdict.reason]}.`
    return false
  }

  /** @param sentence for operators; it must not quote what was read. */
  failed(sentence: string): void {
    this.#lastError = sentence
  }

  #took(): void {
    this.#goodAt = this.#clock.now()
    this.#lastError = null
  }

  status(): SourceStatus {
    const ageMs = this.#goodAt === null ? null : this.#clock.now() - this.#goodAt
    const serving = this.#goodAt === null ? null : this.#kind
    return { kind: this.#kind, serving, ageMs, lastError: this.#lastError }
  }
}
