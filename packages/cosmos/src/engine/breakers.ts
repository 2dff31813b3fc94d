import type { Fingerprint, KeyRefusal } from '@keyturn/core'
import type { Ring } from '@keyturn/keyring'
import Breaker from 'opossum'

/** Thrown inside a trial by whatever does not prove the key; nobody outside sees it. */
class NotProven extends Error {}

type Trial = () => Promise<void>

/** Asks the endpoint by an account read, and tells the ring; never rejects. */
type Ask = (fingerprint: Fingerprint, endpoint: string) => Promise<unknown>

interface Guard {
  readonly refusal: KeyRefusal
  readonly breaker: Breaker<[Trial], void>
  asking: ReturnType<typeof setTimeout> | null
}

/** Between two account reads at the most, in ms: longer than a key must be quiet to be fenced. */
const askEveryMsMax = 900_000

const matches = (refusal: KeyRefusal, fingerprint: Fingerprint, endpoint: string): boolean =>
  refusal.fingerprint === fingerprint && refusal.endpoint === endpoint

const endGuard = ({ breaker, asking }: Guard): void => {
  breaker.shutdown()
  if (asking !== null) clearTimeout(asking)
}

/**
 * One opossum breaker per refused key and regional endpoint, and none for a healthy one. It opens
 * when the ring learns of the refusal; while open, the ring's choice goes straight to the other
 * key; half-open, it lets one attempt try the key again.
 */
export class Breakers {
  static readonly #ofRing = new WeakMap<Ring, Breakers>()

  /** Clients that share a ring share what was found out. */
  static of(ring: Ring, resetMs: number): Breakers {
    const known = Breakers.#ofRing.get(ring)
    if (known) return known
    const breakers = new Breakers(ring, resetMs)
    Breakers.#ofRing.set(ring, breakers)
    return breakers
  }

  readonly #ring: Ring
  readonly #resetMs: number
  readonly #asks = new Set<Ask>()
  #guards: readonly Guard[] = []

  constructor(ring: Ring, resetMs: number) {
    this.#ring = ring
    this.#resetMs = resetMs
    ring.follow(() => this.#match())
    this.#match()
  }

  /**
   * One client's way to ask whether a refused key is well again, until the returned function is
   * called. Requests try only the active key, and an idle client's try none: without this, what
   * was once true of a standby would be reported for ever, and keep it from ever remaining.
   */
  askWith(ask: Ask): () => void {
    this.#asks.add(ask)
    return () => this.#asks.delete(ask)
  }

  /** Once the ring signs nothing any longer: ends every breaker, and its timer with it. */
  end(): void {
    if (!this.#ring.stopped) return
    for (const guard of this.#guards) endGuard(guard)
    this.#guards = []
    Breakers.#ofRing.delete(this.#ring)
  }

  /** Whether this key may be tried again here now, although it is known to be refused. */
  mayTry(fingerprint: Fingerprint, endpoint: string): boolean {
    return this.#guards.some(
      ({ refusal, breaker }) => breaker.halfOpen && matches(refusal, fingerprint, endpoint),
    )
  }

  /**
   * Runs one attempt as the trial of a key.
   * @param attempt resolves whether the key was proven well; its own rejection is passed on.
   * @returns `false` where somebody else's trial is running.
   */
  async try(
    fingerprint: Fingerprint,
    endpoint: string,
    attempt: () => Promise<boolean>,
  ): Promise<boolean> {
    const guard = this.#guards.find(({ refusal }) => matches(refusal, fingerprint, endpoint))
    if (guard === undefined) return false
    let ran = false
    let failure: { readonly error: unknown } | null = null
    const trial = async (): Promise<void> => {
      ran = true
      const proven = await attempt().catch(error => {
        failure = { error }
        return false
      })
      if (!proven) throw new NotProven()
    }
    await guard.breaker.fire(trial).catch(() => undefined)
    if (failure !== null) throw (failure as { readonly error: unknown }).error
    return ran
  }

  /** Opens a breaker for each new refusal, and ends those whose refusal is over. */
  #match(): void {
    const { refusals } = this.#ring
    const stays = ({ refusal }: Guard): boolean =>
      refusals.some(now => matches(now, refusal.fingerprint, refusal.endpoint))
    for (const guard of this.#guards) if (!stays(guard)) endGuard(guard)
    const kept = this.#guards.filter(stays)
    const added = refusals.filter(
      now => !kept.some(({ refusal }) => matches(refusal, now.fingerprint, now.endpoint)),
    )
    if (added.length === 0 && kept.length === this.#guards.length) return
    this.#guards = [...kept, ...added.map(refusal => this.#guard(refusal))]
  }

  #guard(refusal: KeyRefusal): Guard {
    const guard: Guard = { refusal, breaker: this.#open(), asking: null }
    // Not before a request had its turn as the trial.
    this.#askIn(2 * this.#resetMs, guard)
    return guard
  }

  /** Ever more seldom: each account read counts as use of the key, which others wait to be quiet. */
  #askIn(ms: number, guard: Guard): void {
    const { fingerprint, endpoint } = guard.refusal
    const asking = setTimeout(() => {
      // By its owner, once the last client had closed.
      if (this.#ring.stopped) return this.end()
      const [ask] = this.#asks
      this.#askIn(Math.min(2 * ms, askEveryMsMax), guard)
      void ask?.(fingerprint, endpoint)
    }, ms)
    asking.unref()
    guard.asking = asking
  }

  #open(): Breaker<[Trial], void> {
    const breaker = new Breaker<[Trial], void>(trial => trial(), {
      timeout: false,
      resetTimeout: this.#resetMs,
      // Its own statistics are not read; one slow bucket keeps their timer quiet.
      rollingCountTimeout: 60_000,
      rollingCountBuckets: 1,
      rollingPercentilesEnabled: false,
      enableSnapshots: false,
    })
    breaker.open()
    return breaker
  }
}
