import {
  chooseSlot,
  type Fingerprint,
  isFenced,
  judgeOffer,
  type KeyRefusal,
  nextRefusals,
  type OfferVerdict,
  type RefusalEvent,
  type Slot,
  slotOf,
  slots,
} from '@keyturn/core'
import type { ClientUsage, Held } from '@keyturn/protocol'
import { type Chance, type Clock, systemChance, systemClock } from '../clock.ts'
import type {
  LiveKeyset,
  RefreshReason,
  RingNews,
  RingSink,
  Source,
  SourceStatus,
} from '../source.ts'
import { Meters } from './meter.ts'
import { News } from './news.ts'
import { Refresher, type RefreshLimits, type RefreshOutcome, refreshLimits } from './refresher.ts'
import type { Begun, SigningRequest } from './signing.ts'

export interface RingOptions {
  readonly source: Source
  readonly clock?: Clock
  readonly chance?: Chance
  readonly limits?: Partial<RefreshLimits>
}

/** The SDK ends every attempt after a minute by itself; whoever is on the wire is not yet gone. */
const drainMsMaxDefault = 65_000

const nothing: readonly Fingerprint[] = []
const noKeyset: Begun = { next: 'no-keyset' }
const closed: Begun = { next: 'closed' }

/**
 * The keyset a process holds now and the meter of its use, as one object: choosing a key, counting
 * it and signing is one synchronous step, and so is a sample of both. Clients that share a ring
 * are one client to a sidecar.
 */
export class Ring implements RingSink {
  readonly #source: Source
  readonly #clock: Clock
  readonly #refresher: Refresher
  readonly #meters = new Meters()
  readonly #news: News
  #keyset: LiveKeyset | null = null
  #held: readonly Fingerprint[] = nothing
  #refusals: readonly KeyRefusal[] = []
  #sequence = 0
  #started = false
  #closed = false

  constructor(options: RingOptions) {
    this.#source = options.source
    this.#clock = options.clock ?? systemClock
    this.#news = new News(this.#clock)
    this.#refresher = new Refresher(
      (reason, signal) => this.#source.refresh(reason, signal),
      this.#clock,
      options.chance ?? systemChance,
      { ...refreshLimits, ...options.limits },
    )
  }

  /** Starts its source. Safe to call again: every client that shares the ring does. */
  start(): this {
    if (this.#started) return this
    this.#started = true
    this.#source.start(this)
    return this
  }

  /**
   * From the call on nothing more is signed. Ends when nothing is in flight any longer, or after
   * `drainMsMax`, and the source has stopped: a sidecar so hears the goodbye after the last attempt.
   */
  async stop(drainMsMax = drainMsMaxDefault): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    this.#refresher.end()
    await this.#news.until(() => this.#meters.inFlight === 0, drainMsMax)
    await this.#source.stop()
    this.#news.end()
  }

  get current(): LiveKeyset | null {
    return this.#keyset
  }

  /** Nothing is signed any longer. */
  get stopped(): boolean {
    return this.#closed
  }

  get source(): Source {
    return this.#source
  }

  /** What is known against keys, suspicions included. */
  get refusals(): readonly KeyRefusal[] {
    return this.#refusals
  }

  offer(keyset: LiveKeyset): OfferVerdict {
    const verdict = judgeOffer(this.#keyset, keyset)
    if (!verdict.take) return verdict
    this.#keyset = keyset
    this.#held = slots.map(slot => keyset.keys[slot].fingerprint)
    const usable = slots.filter(slot => !isFenced(keyset, slot))
    this.#meters.allow(
      usable.map(slot => keyset.keys[slot].fingerprint),
      this.#held,
    )
    this.#refusals = nextRefusals(this.#refusals, { kind: 'swapped', held: this.#held })
    this.#news.tell('swap')
    return verdict
  }

  /** Resolves with the held keyset, or `null` where none has come after `timeoutMs`. */
  async whenKeyset(timeoutMs: number, signal?: AbortSignal): Promise<LiveKeyset | null> {
    await this.#news.until(() => this.#keyset !== null, timeoutMs, signal)
    return this.#keyset
  }

  follow(listener: (news: RingNews) => void): () => void {
    return this.#news.follow(listener)
  }

  /** Chooses a key, counts it in flight and signs, in one synchronous step. */
  begin(request: SigningRequest): Begun {
    const keyset = this.#keyset
    if (this.#closed) return closed
    if (keyset === null) return noKeyset
    const slot = request.only ? this.#onlySlot(keyset, request.only) : this.#choose(keyset, request)
    if (slot === 'refresh' || slot === 'exhausted') return { next: slot }
    const key = keyset.keys[slot]
    const signature = key.sign(request.text)
    const meter = this.#meters.of(key.fingerprint)
    meter.inFlight += 1
    meter.total += 1
    meter.usedAt = this.#clock.now()
    return { next: 'send', slot, fingerprint: key.fingerprint, version: keyset.version, signature }
  }

  /**
   * The attempt is over, whatever became of it.
   * @param wrote whether it was a write that the service accepted.
   */
  end(fingerprint: Fingerprint, wrote = false): void {
    const meter = this.#meters.get(fingerprint)
    if (meter === undefined || meter.inFlight === 0) return
    meter.inFlight -= 1
    meter.usedAt = this.#clock.now()
    if (wrote) meter.wrote = true
    if (meter.inFlight === 0 && (meter.retired || this.#closed)) this.#news.tell('drained')
  }

  /**
   * An attempt was accepted with this key. What it was refused with before is suspected, and an
   * account read must prove it: between two tries of one attempt the container may have become
   * ready, and then whichever key was the first looks dead (PROTOCOL, P16).
   */
  accepted(
    fingerprint: Fingerprint,
    endpoint: string,
    afterRefusalOf: readonly Fingerprint[] = nothing,
  ): void {
    if (this.#refusals.length === 0 && afterRefusalOf.length === 0) return
    this.#apply({
      kind: 'accepted',
      fingerprint,
      endpoint,
      at: this.#clock.now(),
      held: this.#held,
      afterRefusalOf: afterRefusalOf.map(tried => ({ fingerprint: tried, ambiguous: true })),
    })
  }

  /** Whether this key was seen to write: one that was not may be a read-only key. */
  hasWritten(fingerprint: Fingerprint): boolean {
    return this.#meters.get(fingerprint)?.wrote === true
  }

  /** An account read was refused with this key: it is dead at that endpoint. */
  accountReadRefused(fingerprint: Fingerprint, endpoint: string): void {
    const at = this.#clock.now()
    this.#apply({ kind: 'account-read-refused', fingerprint, endpoint, at, held: this.#held })
  }

  /**
   * Asks the source for something newer, once for all who wait. Ends at the first of: the source
   * has been read, another keyset is held, `withinMs` (at most `waitMsMax`) is over, the signal is
   * aborted (rejects).
   */
  async refresh(
    reason: RefreshReason = 'requested',
    signal?: AbortSignal,
    withinMs = this.#refresher.waitMsMax,
  ): Promise<RefreshOutcome | 'swapped'> {
    const before = this.#keyset
    const isSwapped = (): boolean => this.#keyset !== before
    const outcome = await this.#refresher.fresh(reason, {
      withinMs: Math.min(withinMs, this.#refresher.waitMsMax),
      signal,
      isSwapped,
      whenSwapped: over => this.#news.when(isSwapped, over),
    })
    return isSwapped() ? 'swapped' : outcome
  }

  /** Held keyset, counts and proven refusals in one synchronous sample. */
  sample(): ClientUsage {
    const now = this.#clock.now()
    this.#sequence += 1
    return {
      sequence: this.#sequence,
      held: this.#keyset === null ? null : heldOf(this.#keyset),
      usage: this.#meters.usage(now),
      refused: this.#refusals
        .filter(({ proven }) => proven)
        .slice(0, 64)
        .map(({ fingerprint, endpoint, since }) => ({
          fingerprint,
          endpoint,
          forMs: Math.max(0, now - since),
        })),
    }
  }

  sourceStatus(): SourceStatus {
    return this.#source.status()
  }

  toJSON(): string {
    return 'Ring'
  }

  #choose(keyset: LiveKeyset, request: SigningRequest): ReturnType<typeof chooseSlot> {
    const { active } = keyset
    // The path of a healthy key: nothing known, nothing tried.
    if (request.tried.length === 0 && this.#refusals.length === 0 && !isFenced(keyset, active)) {
      return active
    }
    const refused = this.#refusals
      .filter(({ endpoint }) => endpoint === request.endpoint)
      .map(({ fingerprint }) => fingerprint)
      .filter(fingerprint => fingerprint !== request.trial)
    return chooseSlot(keyset, { refused, tried: request.tried, refreshed: request.refreshed })
  }

  #onlySlot(keyset: LiveKeyset, fingerprint: Fingerprint): Slot | 'exhausted' {
    const slot = slotOf(keyset, fingerprint)
    return slot === null || isFenced(keyset, slot) ? 'exhausted' : slot
  }

  #apply(event: RefusalEvent): void {
    const before = this.#refusals
    this.#refusals = nextRefusals(before, event)
    if (this.#refusals === before) return
    const added = this.#refusals.some(refusal => !before.includes(refusal))
    const removed = before.some(old => !this.#refusals.some(now => sameKeyAndPlace(now, old)))
    if (added) this.#news.tell('refused')
    if (removed) this.#news.tell('accepted')
  }
}

const sameKeyAndPlace = (a: KeyRefusal, b: KeyRefusal): boolean =>
  a.fingerprint === b.fingerprint && a.endpoint === b.endpoint

const heldOf = ({ version, active, fenced, keys }: LiveKeyset): Held => ({
  version,
  fingerprints: { primary: keys.primary.fingerprint, secondary: keys.secondary.fingerprint },
  active,
  fenced: [...fenced],
})
