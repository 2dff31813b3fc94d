import type { IncomingMessage } from 'node:http'
import type { Asker } from '@keyturn/core'
import type { Denial } from '@keyturn/protocol'
import type { Identity } from '../access/identity.ts'
import type { Store, WallClock } from '../ports.ts'

/** So many are written in a minute; of the others the next one says how many there were. */
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
  #minute = 0
  #written = 0
  #more = 0

  constructor(store: Pick<Store, 'deny'>, clock: WallClock) {
    this.#store = store
    this.#clock = clock
  }

  record(attempt: Attempt): void {
    const now = this.#clock.now()
    const minute = Math.floor(now / 60_000)
    if (minute !== this.#minute) this.#written = 0
    this.#minute = minute
    if (this.#written >= perMinuteMax) {
      this.#more += 1
      return
    }
    this.#written += 1
    this.#store.deny?.({ ...attempt, wallTime: new Date(now).toISOString(), more: this.#more })
    this.#more = 0
  }
}
