import type { Clock } from '@keyturn/keyring'

/** Longer than a container that was just re-created is refused. */
const doubtMs = 10_000

/**
 * Endpoints where one attempt was lately refused with both keys. That is rarely two dead keys and
 * mostly a container in the making; when it is ready, some attempt is refused with one key and
 * accepted with the other by the time of day alone, which then proves nothing (PROTOCOL, P16).
 */
export class Doubts {
  readonly #clock: Clock
  readonly #until = new Map<string, number>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  raise(endpoint: string): void {
    this.#until.set(endpoint, this.#clock.now() + doubtMs)
  }

  at(endpoint: string): boolean {
    const until = this.#until.get(endpoint)
    return until !== undefined && this.#clock.now() < until
  }
}
