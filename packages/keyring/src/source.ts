import type { Keyset, OfferVerdict } from '@keyturn/core'
import type { ClientUsage } from '@keyturn/protocol'
import type { Key } from './key.ts'

/**
 * A key by what may be done with it, not by its class: a process may hold two builds of this
 * library, and the keys of the one serve a client of the other.
 */
export type LiveKey = Pick<Key, 'fingerprint' | 'sign' | 'reveal' | 'toString' | 'toJSON'>

/** A keyset with its keys, as a ring holds it in memory. */
export type LiveKeyset = Keyset<LiveKey>

export type SourceKind = 'keyVault' | 'files' | 'sidecar' | 'fixed'

/**
 * Why a ring asks its source to look again.
 * `refused`: Azure refused every key that may be used. `announced`: a newer version is
 * known to exist. `requested`: somebody asked (an operator, a test, `client.keys.refresh()`).
 */
export type RefreshReason = 'refused' | 'announced' | 'requested'

/**
 * What a ring tells those who follow it, synchronously, in the order in which it happened.
 * `swap`: another keyset is held. `drained`: the last attempt in flight with a fenced or
 * replaced key has ended. `refused` / `accepted`: the proven refusals changed.
 */
export type RingNews = 'swap' | 'drained' | 'refused' | 'accepted'

/** The side of a ring that a source sees. */
export interface RingSink {
  readonly current: LiveKeyset | null
  /**
   * A keyset as it was read. The ring decides: `{ take: true }`, or why not.
   * Synchronous; from the return on, no new attempt is signed with a key that
   * the taken keyset fences or no longer holds. Never throws.
   */
  offer(keyset: LiveKeyset): OfferVerdict
  /** Held keyset and every count in one synchronous sample; each call takes the next sequence. */
  sample(): ClientUsage
  /** Calls back on news until the returned function is called. */
  follow(listener: (news: RingNews) => void): () => void
}

/** How a source stands, for operators. Never a key. */
export interface SourceStatus {
  readonly kind: SourceKind
  /** Which source of a chain serves; for a single source its own kind; `null`: none yet. */
  readonly serving: SourceKind | null
  /** Milliseconds since the source last answered with a valid keyset; `null`: it never did. */
  readonly ageMs: number | null
  /**
   * Whether a sidecar counts what is signed. Where it is not, and the ring is not a sidecar's own,
   * its client is a stray: no rotation waits for it (PROTOCOL, P15).
   */
  readonly isAttached?: boolean
  /** One sentence about the last failure since the last good answer; `null`: none. */
  readonly lastError: string | null
}

/**
 * Where keysets come from. A ring calls, a source offers:
 *
 * - `start(sink)` once, by the ring's own `start()`; in a chain again after `stop()` has
 *   resolved. It returns at once, never throws for what the world did, and begins to watch in the
 *   background. The source calls `sink.offer(…)` whenever it has read a keyset, also when it is
 *   the same again.
 * - `refresh(reason, signal)` when the ring needs to know whether there is something newer.
 *   It settles after a fresh read *was offered*, and rejects when the source could not be read.
 *   The ring asks once for all its waiters, bounds the wait, and adds jitter by itself.
 * - `stop()` once for each start. Nothing is offered after it has resolved. A sidecar source says
 *   goodbye in it.
 *
 * The sidecar source also uploads `sink.sample()`: after each news and at an interval.
 * Nothing that a source leaves open (timer, socket, watcher) may keep a process alive.
 * A source keeps its own last good answer out of it: the ring holds the last good keyset.
 */
export interface Source {
  readonly kind: SourceKind
  /** The longest that this source may serve an old keyset while it seems well, in ms. */
  readonly stalenessMsMax: number
  start(sink: RingSink): void
  refresh(reason: RefreshReason, signal: AbortSignal): Promise<void>
  status(): SourceStatus
  stop(): Promise<void>
}
