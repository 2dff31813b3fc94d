import type { Clock } from '../../clock.ts'
import type { Witness } from '../../witness.ts'
import { type Reply, send } from '../reply.ts'
import type { Attempt } from './attempt.ts'

/** How an attempt ends: with an answer or without one, and with the witness told either way. */
export class Answers {
  readonly #clock: Clock
  readonly #witness: Witness

  constructor(clock: Clock, witness: Witness) {
    this.#clock = clock
    this.#witness = witness
  }

  answer(attempt: Attempt, reply: Reply): void {
    const { request, response, activityId, verb } = attempt
    if (!request.complete) request.resume()
    this.#report(attempt, reply.status)
    if (!response.destroyed) send(response, reply, activityId, verb !== 'HEAD')
  }

  /** The client learns nothing: its connection is gone. */
  reset(attempt: Attempt): void {
    this.#report(attempt, 0)
    attempt.request.socket.destroy()
  }

  #report({ region, verb, address, key }: Attempt, status: number): void {
    const signer =
      key === null
        ? null
        : { kind: key.kind, generation: key.generation, thumbprint: key.thumbprint }
    this.#witness.data({
      at: this.#clock.now(),
      region: region.name,
      verb,
      resourceType: address.type,
      key: signer,
      status,
    })
  }
}
