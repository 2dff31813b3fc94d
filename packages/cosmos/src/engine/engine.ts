import type { HttpClient, PipelineRequest, PipelineResponse } from '@azure/core-rest-pipeline'
import type { TokenProvider } from '@azure/cosmos'
import { type Clock, type Ring, rest, systemClock } from '@keyturn/keyring'
import { clientClosed } from '../errors.ts'
import { KeysEmitter } from '../events.ts'
import type { RingLease } from '../rings.ts'
import { ClientMetrics } from '../telemetry/metrics.ts'
import { traced, tracerNow } from '../telemetry/tracing.ts'
import type { Transport } from '../transport/transport.ts'
import { AccountReads } from './account-read.ts'
import { Attempt } from './attempt.ts'
import { Breakers } from './breakers.ts'
import { ServiceDate } from './date.ts'
import { type EngineLimits, Exhaustion, engineLimits, type Parts } from './parts.ts'
import { Permits, permitsFor } from './permits.ts'
import { StrayWatch } from './stray-watch.ts'
import { readTicket, writeTicket } from './ticket.ts'

export interface EngineOptions {
  readonly lease: RingLease
  readonly transport: Transport
  readonly clock?: Clock
  readonly limits?: Partial<EngineLimits>
}

/** Where a request goes: the regional endpoint, and the permits to be on the wire to it. */
interface Place {
  readonly endpoint: string
  readonly permits: Permits
}

/**
 * Behind the SDK's two public options: `tokenProvider` leaves an unsigned ticket once per
 * operation, `httpClient` is called once per network attempt and signs there.
 */
export class Engine implements HttpClient {
  readonly events = new KeysEmitter()
  readonly ring: Ring
  readonly #lease: RingLease
  readonly #parts: Parts
  readonly #places = new Map<string, Place>()
  readonly #unfollow: () => void
  readonly #askNoMore: () => void
  readonly #metrics: ClientMetrics
  readonly #strays: StrayWatch
  readonly #closing = new AbortController()
  #closed: Promise<void> | null = null

  constructor(options: EngineOptions) {
    const { lease, transport } = options
    const { ring } = lease
    const clock = options.clock ?? systemClock
    const limits = { ...engineLimits, ...options.limits }
    const date = new ServiceDate(clock)
    this.ring = ring
    this.#lease = lease
    const breakers = Breakers.of(ring, limits.breakerResetMs)
    const reads = new AccountReads(ring, transport, date, this.#closing.signal)
    this.#askNoMore = breakers.askWith((key, endpoint) => reads.ask(key, endpoint))
    this.#parts = {
      ring,
      transport,
      breakers,
      reads,
      date,
      clock,
      events: this.events,
      exhaustion: new Exhaustion(this.events, clock, limits.exhaustedEveryMs),
      closing: this.#closing.signal,
      limits,
    }
    this.#metrics = new ClientMetrics(ring, this.events)
    this.#unfollow = tellNews(ring, this.events)
    this.#strays = new StrayWatch(ring, this.events)
    lease.start()
  }

  /** Aborted once it closes. */
  get closing(): AbortSignal {
    return this.#closing.signal
  }

  readonly tokenProvider: TokenProvider = async operation => writeTicket(operation)

  async sendRequest(request: PipelineRequest): Promise<PipelineResponse> {
    const ticket = readTicket(request.headers.get('authorization'))
    // Not ours: a request that carries another authorization goes out as it is.
    if (ticket === null) return this.#parts.transport.send(request, null)
    if (this.#closed !== null) throw clientClosed()
    // The SDK reads the account first of all, and every few minutes: soon enough to look anew.
    if (ticket.accountRead) {
      this.#metrics.bind()
      this.#strays.look()
    }
    const { endpoint, permits } = this.#placeOf(request.url)
    const tracer = tracerNow()
    if (tracer === null) {
      // Awaited here, the answer takes one turn of the microtask queue, and three where it is not.
      return await new Attempt(this.#parts, request, ticket, endpoint, permits, null).run()
    }
    return traced(tracer, { request, ticket, endpoint }, trace =>
      new Attempt(this.#parts, request, ticket, endpoint, permits, trace).run(),
    )
  }

  /** Ends what it started: after the last attempt, the ring with its last user, then connections. */
  close(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  /** `close()` for those who cannot wait for its end, and hear of its failure as a warning. */
  dispose(): void {
    this.close().catch(error => {
      process.emitWarning(error instanceof Error ? error : String(error))
    })
  }

  /** Whoever is on the wire is waited for; whoever waits for a turn, a key or a retry is not. */
  async #close(): Promise<void> {
    const reason = clientClosed()
    this.#closing.abort(reason)
    this.#askNoMore()
    const places = new Set(this.#places.values())
    for (const { permits } of places) permits.sendAway(reason)
    const leftMs = await this.#drained(Array.from(places, ({ permits }) => permits.whenIdle()))
    try {
      await this.#lease.giveBack(leftMs)
    } finally {
      this.#parts.breakers.end()
      this.#unfollow()
      this.#strays.end()
      this.#metrics.unbind()
      await this.#parts.transport.close()
    }
  }

  /**
   * Its own attempts end before it gives the ring back: other clients may use that one on and on,
   * or come to it meanwhile.
   * @returns what is left of the longest wait, in ms.
   */
  async #drained(idle: readonly Promise<void>[]): Promise<number> {
    const { clock, limits } = this.#parts
    const from = clock.now()
    const over = new AbortController()
    await Promise.race([Promise.all(idle), rest(clock, limits.drainMsMax, over.signal)])
    over.abort()
    return Math.max(0, limits.drainMsMax - (clock.now() - from))
  }

  #placeOf(url: string): Place {
    const slash = url.indexOf('/', url.indexOf('://') + 3)
    const start = slash < 0 ? url : url.slice(0, slash)
    const known = this.#places.get(start)
    if (known) return known
    // An account has a handful of endpoints, however they are spelled.
    const endpoint = new URL(start).origin
    const place = this.#places.get(endpoint) ?? {
      endpoint,
      permits: new Permits(permitsFor(this.#parts.transport.connections)),
    }
    this.#places.set(endpoint, place)
    this.#places.set(start, place)
    return place
  }
}

/** Turns a ring's news into a client's events. */
const tellNews = (ring: Ring, events: KeysEmitter): (() => void) => {
  let known = ring.refusals
  return ring.follow(news => {
    const keyset = ring.current
    if (news === 'swap' && keyset) {
      const { primary, secondary } = keyset.keys
      events.tell('swap', {
        version: keyset.version,
        active: keyset.active,
        fenced: keyset.fenced,
        fingerprints: { primary: primary.fingerprint, secondary: secondary.fingerprint },
      })
    }
    for (const { proven, fingerprint, endpoint } of ring.refusals) {
      const wasKnown = known.some(
        old => old.proven && old.fingerprint === fingerprint && old.endpoint === endpoint,
      )
      if (proven && !wasKnown) events.tell('refused', { endpoint, fingerprint })
    }
    known = ring.refusals
  })
}
