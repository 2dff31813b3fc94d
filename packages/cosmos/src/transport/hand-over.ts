/** An exchange whose answer is all there. */
export interface Arrived {
  handOn(): void
}

/**
 * Hands on together, at the end of the event loop's turn, all answers that came in it. What the SDK
 * does with an answer, and to the next request of whoever waited for it, leads through so much code
 * that little of it is still in the processor's caches when the next answer comes. Handed on one by
 * one each walks the whole way alone; together they take each step of it one after the other, at two
 * thirds of the CPU (docs/performance.md).
 */
export class HandOver {
  #open = 0
  #arrived: Arrived[] = []

  /** An exchange has begun. */
  opened(): void {
    this.#open += 1
  }

  /** It has ended, whether or not its answer was handed on. */
  ended(): void {
    this.#open -= 1
  }

  /** At once where nobody else is under way: there is nobody to wait for. */
  arrived(exchange: Arrived): void {
    if (this.#open === 1) {
      exchange.handOn()
      return
    }
    if (this.#arrived.length === 0) setImmediate(() => this.#handOn())
    this.#arrived.push(exchange)
  }

  #handOn(): void {
    const arrived = this.#arrived
    this.#arrived = []
    for (const exchange of arrived) exchange.handOn()
  }
}
