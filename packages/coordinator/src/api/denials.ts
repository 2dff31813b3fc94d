import type { IncomingMessage } from 'node:http'
import type { Asker } from '@keyturn/core'
import type { Denial } from '@keyturn/protocol'
import type { Identity } from '../access/identity.ts'
import type { Store, WallClock } from '../ports.ts'

/**
 * So many are written in a minute; of the others the next one says how many there were. Those of
 * whom nobody is known are counted by themselves: their noise hides no denial of somebody known.
 */
const perMinuteMax = 60

/** Where a request comes from, as its connection says; a header may say anything. */
export const addressOf = ({ socket }: IncomingMessage): string => socket.remoteAddress ?? 'unknown'

/** Who asks, for the journal. */
export const askerOf = (identity: Identity, request: IncomingMessage): Asker => ({
  by: identity.by,
  issuer: identity.issuer,
  subject: identity.subject,
  roles: [...identity.roles],
  address: addressOf(request),
})

export type Attempt = Omit<Denial, 'wallTime' | 'more'>

/** What was asked for and denied, kept for whoever looks into it; bounded in time and in all. */
export class Denials {
  readonly #store: Pick<Store, 'deny'>
  readonly #clock: WallClock
  readonly #known = new Minute()
  readonly #unknown = new Minute()

  constructor(store: Pick<Store, 'deny'>, clock: WallClock) {
    this.#store = store
    this.#clock = clock
  }

  record(attempt: Attempt): void {
    const now = this.#clock.now()
    const more = (attempt.asked === null ? this.#unknown : this.#known).take(now)
    if (more === null) return
    this.#store.deny?.({ ...attempt, wallTime: new Date(now).toISOString(), more })
  }
}

class Minute {
  #minute = 0
  #taken = 0
  #more = 0

  /** How many were left out before this one; `null`: it is left out as well. */
  take(now: number): number | null {
    const minute = Math.floor(now / 60_000)
    if (minute !== this.#minute) this.#taken = 0
    this.#minute = minute
    if (this.#taken >= perMinuteMax) {
      this.#more += 1
      return null
    }
    this.#taken += 1
    const more = this.#more
    this.#more = 0
    return more
  }
}
