import type { Fingerprint, KeyRefusal } from '@keyturn/core'
import type { Ring } from '@keyturn/keyring'
import Breaker from 'opossum'

/** Thrown inside a trial by whatever does not prove the key; nobody outside sees it. */
class NotProven extends Error {}

type Trial = () => Promise<void>

interface Guard {
  readonly refusal: KeyRefusal
  readonly breaker: Breaker<[Trial], void>
}

const matches = (refusal: KeyRefusal, fingerprint: Fingerprint, endpoint: string): boolean =>
  refusal.fingerprint === fingerprint && refusal.endpoint === endpoint

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
  #guards: readonly Guard[] = []

  constructor(ring: Ring, resetMs: number) {
    this.#ring = ring
    this.#resetMs = resetMs
    ring.follow(() => this.#match())
    this.#match()
  }

  /** Once the ring signs nothing any longer: ends every breaker, and its timer with it. */
  end(): void {
    if (!this.#ring.stopped) return
    for (const { breaker } of this.#guards) breaker.shutdown()
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
    for (const guard of this.#guards) if (!stays(guard)) guard.breaker.shutdown()
    const kept = this.#guards.filter(stays)
    const added = refusals.filter(
      now => !kept.some(({ refusal }) => matches(refusal, now.fingerprint, now.endpoint)),
    )
    if (added.length === 0 && kept.length === this.#guards.length) return
    this.#guards = [...kept, ...added.map(refusal => ({ refusal, breaker: this.#open() }))]
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
