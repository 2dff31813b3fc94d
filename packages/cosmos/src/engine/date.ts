import type { Clock } from '@keyturn/keyring'

/** The date to sign with: this machine's, corrected by what the service said. */
export class ServiceDate {
  readonly #clock: Clock
  #offsetMs = 0
  #second = -1
  #text = ''

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get offsetMs(): number {
    return this.#offsetMs
  }

  /** RFC 1123, made once a second. */
  text(): string {
    const second = Math.floor((this.#clock.wall() + this.#offsetMs) / 1000)
    if (second !== this.#second) {
      this.#second = second
      this.#text = new Date(second * 1000).toUTCString()
    }
    return this.#text
  }

  /**
   * Follows the server's clock.
   * @returns whether that changes the date enough for another attempt to be worth it.
   */
  correct(serverTime: string | null): boolean {
    const server = serverTime === null ? Number.NaN : Date.parse(serverTime)
    if (Number.isNaN(server)) return false
    const offset = server - this.#clock.wall()
    if (Math.abs(offset - this.#offsetMs) < 1000) return false
    this.#offsetMs = offset
    this.#second = -1
    return true
  }
}
