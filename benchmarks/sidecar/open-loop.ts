// Requests at a fixed rate, whatever becomes of those before: a server that stalls is asked all the
// same, and each latency counts from when the request was due, not from when it could be sent.

import { setImmediate as turn } from 'node:timers/promises'

export interface OpenLoop {
  readonly perSecond: number
  readonly seconds: number
  /** Sends one, and settles with its answer. */
  readonly send: () => Promise<unknown>
}

/** @returns the latencies in ms, in the order in which the requests were due. */
export const openLoop = async ({ perSecond, seconds, send }: OpenLoop): Promise<number[]> => {
  const count = perSecond * seconds
  const everyMs = 1_000 / perSecond
  const began = performance.now()
  const latencies: Promise<number>[] = []
  while (latencies.length < count) {
    const due = began + latencies.length * everyMs
    if (performance.now() < due) await turn()
    else latencies.push(send().then(() => performance.now() - due))
  }
  return Promise.all(latencies)
}
