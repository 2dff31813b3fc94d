import { channel } from 'node:diagnostics_channel'
import { backgroundClock, type Clock, rest } from '../clock.ts'
import type { RefreshReason, RingSink, Source, SourceKind, SourceStatus } from '../source.ts'
import { ChainLink } from './chain-link.ts'
import { orAborted } from './follow-loop.ts'

/** Another source of a chain serves from now on. */
export interface ServingChange {
  readonly from: SourceKind | null
  readonly to: SourceKind
  /** Whether a sidecar counts what is signed; where none does, the client is a stray. */
  readonly isAttached: boolean
}

export interface ChainOptions {
  /** How long a source may be away until the next one is asked, in ms; default 3,000. */
  readonly graceMs?: number
  /** Told of every change; observers find it on the diagnostics channel `keyturn:serving` too. */
  readonly onServing?: (change: ServingChange) => void
  readonly clock?: Clock
}

/** A sidecar that restarts is back in a second, and need not send its clients to the vault. */
const defaultGraceMs = 3_000
/** A source has no events for its failures; a look a second costs nothing. */
const lookMs = 1_000
/** What a ring waits for a refresh leaves room for the next source. */
const refreshShareMs = 400

const servingChannel = channel('keyturn:serving')

/**
 * Sources in the order of preference: the first that is well serves. One that is away for longer
 * than the grace is stood in for by the next, and serves again when it is back; the ring goes
 * forward only, whoever serves.
 */
export class ChainSource implements Source {
  readonly #links: readonly ChainLink[]
  readonly #graceMs: number
  readonly #onServing: (change: ServingChange) => void
  readonly #clock: Clock
  #sink: RingSink | null = null
  #serving: ChainLink | null = null
  #stop = new AbortController()
  #running: Promise<void> = Promise.resolve()

  /** @throws TypeError where there is nothing to chain. */
  constructor(sources: readonly Source[], options: ChainOptions = {}) {
    if (sources.length === 0) {
      throw new TypeError(
        'A chain needs at least one source: for example sidecar() and keyVault().',
      )
    }
    this.#clock = options.clock ?? backgroundClock
    this.#graceMs = options.graceMs ?? defaultGraceMs
    this.#onServing = options.onServing ?? (() => undefined)
    this.#links = sources.map(source => new ChainLink(source, this.#clock))
  }

  /** Of the preferred source; which one serves, the status says. */
  get kind(): SourceKind {
    return this.#first.source.kind
  }

  /** Any of them may come to serve. */
  get stalenessMsMax(): number {
    return Math.max(...this.#links.map(({ source }) => source.stalenessMsMax))
  }

  start(sink: RingSink): void {
    this.#sink = sink
    this.#stop = new AbortController()
    this.#running = this.#run(this.#stop.signal)
  }

  /**
   * Asks in order until one answers; after refusals, until one has something new: a sidecar that
   * cannot reach the vault itself answers, and knows nothing.
   */
  async refresh(reason: RefreshReason, signal: AbortSignal): Promise<void> {
    let hasAnswered = false
    let failure: unknown = new Error('The chain was stopped.')
    for (const link of this.#links) {
      const before = this.#sink?.current
      this.#begin(link)
      if (!link.isStarted) continue
      try {
        await this.#ask(link, reason, signal)
        hasAnswered = true
        if (reason !== 'refused' || this.#sink?.current !== before) return
      } catch (error) {
        failure = error
      }
      if (signal.aborted) break
    }
    if (!hasAnswered) throw failure
  }

  status(): SourceStatus {
    const { kind } = this
    const serving = this.#serving
    const status = (serving ?? this.#first).source.status()
    const isAttached = this.#isAttached
    return { ...status, kind, isAttached, lastError: this.#sentence(status) }
  }

  async stop(): Promise<void> {
    this.#sink = null
    this.#stop.abort(new Error('The chain was stopped.'))
    await this.#running
    await Promise.all(this.#links.map(link => link.stop()))
  }

  get #first(): ChainLink {
    // The constructor saw to it that there is one.
    return this.#links[0] as ChainLink
  }

  get #isAttached(): boolean {
    return this.#links.some(link => link.isStarted && link.source.status().isAttached === true)
  }

  async #run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.#look()
      await rest(this.#clock, lookMs, signal)
    }
  }

  /** Begins the next source where one is away for too long, and ends those no longer needed. */
  #look(): void {
    if (this.#sink === null) return
    for (const [index, link] of this.#links.entries()) {
      this.#begin(link)
      const ailingMs = link.ailingMs()
      if (link.isWell) {
        this.#serve(link)
        for (const later of this.#links.slice(index + 1)) void later.stop().catch(() => undefined)
        return
      }
      if (ailingMs < this.#graceMs) return
    }
  }

  #begin(link: ChainLink): void {
    if (this.#sink !== null) link.start(this.#sink, () => this.#look())
  }

  #serve(link: ChainLink): void {
    if (this.#serving === link) return
    const from = this.#serving?.source.kind ?? null
    this.#serving = link
    const change = { from, to: link.source.kind, isAttached: this.#isAttached }
    if (servingChannel.hasSubscribers) servingChannel.publish(change)
    try {
      this.#onServing(change)
    } catch (error) {
      // A listener's fault must not end what keeps the keys coming.
      process.emitWarning(error instanceof Error ? error : String(error))
    }
  }

  /** Whoever asks waits for one that hangs only so long; what it says later counts all the same. */
  async #ask(link: ChainLink, reason: RefreshReason, signal: AbortSignal): Promise<void> {
    const over = new AbortController()
    const late = new DOMException(`The ${link.source.kind} source did not answer.`, 'TimeoutError')
    const isLast = link === this.#links.at(-1)
    if (!isLast) {
      void rest(this.#clock, refreshShareMs, over.signal).then(() => over.abort(late))
    }
    try {
      const either = AbortSignal.any([signal, over.signal])
      await orAborted(link.source.refresh(reason, either), either)
    } finally {
      over.abort()
    }
  }

  #sentence({ lastError }: SourceStatus): string | null {
    const serving = this.#serving
    if (serving === null || serving === this.#first) return lastError
    const stray = this.#isAttached
      ? ''
      : ' No sidecar counts what this process signs: it is a stray, and no rotation waits for it.'
    const { kind } = serving.source
    return `${this.#first.source.status().lastError ?? `The ${this.kind} source is away.`} Keys come from the ${kind} source instead${lastError === null ? '.' : `, and there: ${lastError}`}${stray}`
  }
}

/**
 * Several sources in one, in the order of preference: `chain([sidecar(), keyVault({ … })])`.
 * @throws TypeError where there is nothing to chain.
 */
export const chain = (sources: readonly Source[], options: ChainOptions = {}): ChainSource =>
  new ChainSource(sources, options)
