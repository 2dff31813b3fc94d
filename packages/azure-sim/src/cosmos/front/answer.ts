import type { Region } from '../../account/types.ts'
import type { Clock } from '../../clock.ts'
import type { Witness } from '../../witness.ts'
import type { ClockSkew } from '../clock-skew.ts'
import { type Reply, send } from '../reply.ts'
import type { Attempt } from './attempt.ts'

/** How an attempt ends: with an answer or without one, and with the witness told either way. */
export class Answers {
  readonly #clock: Clock
  readonly #witness: Witness
  readonly #nowIn: (region: Region) => number

  constructor(clock: Clock, witness: Witness, skew: ClockSkew) {
    this.#clock = clock
    this.#witness = witness
    this.#nowIn = ({ name }) => clock.now() + skew.of(name)
  }

  answer(attempt: Attempt, reply: Reply): void {
    const { request, response, activityId, verb } = attempt
    if (!request.complete) request.resume()
    this.#report(attempt, reply.status)
    if (response.destroyed) return
    send(response, reply, {
      activityId,
      now: this.#nowIn(attempt.region),
      withBody: verb !== 'HEAD',
    })
  }

  /** The client learns nothing: its connection is gone. */
  reset(attempt: Attempt): void {
    this.#report(attempt, 0)
    attempt.request.socket.destroy()
  }

  /** The client waits until it gives up. */
  ignore(attempt: Attempt): void {
    this.#report(attempt, 0)
    attempt.request.resume()
  }

  #report({ region, verb, address, verdict }: Attempt, status: number): void {
    const { key, scheme } = verdict
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
      ...(scheme === 'key' ? {} : { scheme }),
    })
  }
}
