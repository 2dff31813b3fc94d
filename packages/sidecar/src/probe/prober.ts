import {
  accountRead,
  type BackoffLimits,
  backoffMs,
  type Fingerprint,
  notServing,
  probesDue,
  signedPrefix,
  stringToSign,
  type Verdict,
} from '@keyturn/core'
import { type Chance, type Clock, type Ring, rest } from '@keyturn/keyring'
import type { Log } from '../log.ts'
import type { MemberStore } from '../store.ts'
import type { AccountRead, Credentials } from './account-read.ts'

export interface ProbeSettings {
  /** PEM of an authority to trust for the account's endpoints. */
  readonly ca?: string | readonly string[]
  /** One account read, in ms; default 5,000. */
  readonly timeoutMs?: number
  /** Between tries of a key that is not accepted everywhere yet. */
  readonly backoff?: BackoffLimits
}

export interface ProberParts {
  readonly store: MemberStore
  readonly ring: Ring
  readonly readAccount: (endpoint: string, credentials: Credentials) => Promise<AccountRead>
  readonly backoff: BackoffLimits | undefined
  readonly clock: Clock
  readonly chance: Chance
  readonly log: Log
}

/** A new key spreads over seconds; a fleet that asks every second is no load. */
const defaultBackoff: BackoffLimits = { firstMs: 200, maxMs: 5_000 }

/**
 * Tries every key held, in every region and from where this process stands, until each is
 * accepted. The ring signs and counts, so a fence stops it, and what is under way is no secret.
 */
export class Prober {
  readonly #parts: ProberParts
  readonly #running = new Set<Fingerprint>()
  readonly #stop = new AbortController()
  /** What this machine's clock lacks, as a region told it: signatures carry the date. */
  #skewMs = 0

  constructor(parts: ProberParts) {
    this.#parts = parts
  }

  /** To be called after every swap, and when serving begins: begins with whatever is due. */
  look(): void {
    for (const fingerprint of this.#due()) {
      if (this.#running.has(fingerprint)) continue
      this.#running.add(fingerprint)
      void this.#prove(fingerprint).finally(() => this.#running.delete(fingerprint))
    }
  }

  stop(): void {
    this.#stop.abort(new Error('The sidecar is stopping.'))
  }

  /** Below the floor a keyset is older than the fences: what it allows may be turned just now. */
  #due(): readonly Fingerprint[] {
    const { state } = this.#parts.store
    const { held, proven } = state
    return held === null || notServing(state) !== null ? [] : probesDue(held, proven)
  }

  async #prove(fingerprint: Fingerprint): Promise<void> {
    const { store, clock, chance, backoff = defaultBackoff } = this.#parts
    const signal = this.#stop.signal
    for (let failures = 0; !signal.aborted && this.#due().includes(fingerprint); ) {
      if (await this.#acceptedEverywhere(fingerprint, failures)) {
        store.apply({ is: 'probed', fingerprint, accepted: true })
        return
      }
      failures += 1
      await rest(clock, backoffMs(failures, chance(), backoff), signal)
    }
  }

  async #acceptedEverywhere(fingerprint: Fingerprint, failures: number): Promise<boolean> {
    const endpoint = this.#parts.ring.current?.endpoint
    if (endpoint === undefined) return false
    const first = await this.#read(endpoint, fingerprint)
    if (!this.#isAccepted(first, endpoint, fingerprint, failures)) return false
    const answers = await Promise.all(
      first.regions.map(async region => {
        const read = await this.#read(region, fingerprint)
        return this.#isAccepted(read, region, fingerprint, failures)
      }),
    )
    if (first.regions.length === 0 || answers.includes(false)) return false
    this.#parts.log.info(
      { event: 'key-proven', fingerprint, regions: first.regions.length },
      'A key was accepted in every region.',
    )
    return true
  }

  #isAccepted(
    read: AccountRead,
    endpoint: string,
    fingerprint: Fingerprint,
    failures: number,
  ): read is AccountRead & { is: 'answered' } {
    if (read.is === 'answered' && read.verdict.kind === 'accepted') return true
    const reason = read.is === 'failed' ? read.reason : read.verdict.kind
    const fact = { event: 'key-not-accepted', fingerprint, endpoint, reason, failures }
    this.#parts.log.warn(fact, 'A key was not accepted by a region; it is tried again.')
    return false
  }

  async #read(endpoint: string, fingerprint: Fingerprint): Promise<AccountRead> {
    const { ring, clock, readAccount } = this.#parts
    const date = new Date(clock.wall() + this.#skewMs).toUTCString()
    const text = stringToSign(signedPrefix(accountRead), date)
    const origin = URL.parse(endpoint)?.origin
    // What an account says of its regions comes over the network, and may be anything.
    if (origin === undefined) return { is: 'failed', reason: 'no-url' }
    const begun = ring.begin({
      text,
      endpoint: origin,
      tried: [],
      refreshed: true,
      only: fingerprint,
    })
    // Fenced or replaced since: there is nothing to try any more.
    if (begun.next !== 'send') return { is: 'failed', reason: begun.next }
    try {
      const read = await readAccount(endpoint, { signature: begun.signature, date })
      if (read.is === 'answered') this.#learn(read.verdict, fingerprint, origin)
      return read
    } finally {
      ring.end(fingerprint)
    }
  }

  #learn(verdict: Verdict, fingerprint: Fingerprint, origin: string): void {
    const { ring, clock } = this.#parts
    if (verdict.kind === 'accepted') ring.accepted(fingerprint, origin)
    if (verdict.kind !== 'clock-skew' || verdict.serverTime === null) return
    const serverTime = Date.parse(verdict.serverTime)
    if (!Number.isNaN(serverTime)) this.#skewMs = serverTime - clock.wall()
  }
}
