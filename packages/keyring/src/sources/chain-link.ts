import type { OfferVerdict } from '@keyturn/core'
import type { Clock } from '../clock.ts'
import type { LiveKeyset, RingSink, Source } from '../source.ts'

/** What tells contents without versions apart. */
const contentOf = ({ active, keys }: LiveKeyset): string =>
  `${active} ${keys.primary.fingerprint} ${keys.secondary.fingerprint}`

/** One source of a chain, started while it is needed. */
export class ChainLink {
  readonly source: Source
  readonly #clock: Clock
  #is: 'stopped' | 'started' | 'stopping' = 'stopped'
  /** Since when it is started and not well; `null`: it is well, or stopped. */
  #ailsSince: number | null = null
  /** What it last said without a version. */
  #said: string | null = null

  constructor(source: Source, clock: Clock) {
    this.source = source
    this.#clock = clock
  }

  get isStarted(): boolean {
    return this.#is === 'started'
  }

  /** Whether it gives keysets now, and its last one was no older than what is held. */
  get isWell(): boolean {
    if (this.#is !== 'started') return false
    const { serving, lastError, isAttached } = this.source.status()
    return serving !== null && lastError === null && isAttached !== false
  }

  /** How long it has not been well, in ms; for a source that just began, since it began. */
  ailingMs(): number {
    if (this.isWell) this.#ailsSince = null
    else this.#ailsSince ??= this.#clock.now()
    return this.#ailsSince === null ? 0 : this.#clock.now() - this.#ailsSince
  }

  /** Not while it still ends: a later look begins it again. */
  start(sink: RingSink, afterOffer: () => void): void {
    if (this.#is !== 'stopped') return
    this.#is = 'started'
    this.#ailsSince = this.#clock.now()
    this.source.start({
      get current() {
        return sink.current
      },
      sample: () => sink.sample(),
      follow: listener => sink.follow(listener),
      offer: keyset => {
        // The source's own status changes once it knows the verdict.
        queueMicrotask(afterOffer)
        return this.#offer(sink, keyset)
      },
    })
  }

  async stop(): Promise<void> {
    if (this.#is !== 'started') return
    this.#is = 'stopping'
    await this.source.stop().finally(() => {
      this.#is = 'stopped'
    })
  }

  /**
   * Versions order what several sources say. Without them, a source that still says what it said
   * before another one was followed is behind that one: a ring does not go back to it.
   */
  #offer(sink: RingSink, keyset: LiveKeyset): OfferVerdict {
    if (keyset.version > 0) return sink.offer(keyset)
    const content = contentOf(keyset)
    const isHeld = sink.current !== null && contentOf(sink.current) === content
    if (this.#said === content && !isHeld) return { take: false, reason: 'older-version' }
    const verdict = sink.offer(keyset)
    if (verdict.take || verdict.reason === 'unchanged') this.#said = content
    return verdict
  }
}
