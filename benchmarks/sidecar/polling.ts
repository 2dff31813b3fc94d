// The time to swap of pollers, in a time that runs 200 times faster: a real poller whose interval is
// a 200th of the real one, swaps that come at any moment of it, and what was measured times 200. So
// the read and the first request, which no interval slows down, are counted 200 times as well: at
// most a few seconds of each figure.

import { setTimeout as sleep } from 'node:timers/promises'
import { Child } from '../client/channel.ts'
import { activeKey, firstKeyset, turned } from './keysets.ts'
import type { PollOrder } from './poller.ts'
import { type Quantiles, quantilesOf } from './quantiles.ts'
import { onStage } from './stage.ts'

export interface PollingFigures extends Quantiles {
  readonly everySeconds: number
  /** In what a second was measured. */
  readonly scale: number
  readonly samples: number
}

export const scale = 200

export interface PollingPlan {
  readonly everySeconds: number
  readonly swaps: number
}

export const measurePolling = ({ everySeconds, swaps }: PollingPlan): Promise<PollingFigures> =>
  onStage(async stage => {
    const everyMs = (everySeconds * 1_000) / scale
    const cosmos = await stage.cosmos()
    const mount = stage.mount()
    let keyset = firstKeyset(cosmos.endpoint)
    cosmos.accept(keyset)
    mount.put(keyset)
    const poller: Child<'ready', PollOrder, 'polling'> = stage.keep(
      await Child.start('../sidecar/poller.ts'),
    )
    const first = cosmos.signedWith(activeKey(keyset))
    await poller.ask({ directory: mount.path, endpoint: cosmos.endpoint, everyMs })
    await first
    const times: number[] = []
    for (let nth = 0; nth < swaps; nth++) {
      await sleep(Math.random() * everyMs)
      const former = activeKey(keyset)
      keyset = turned(keyset)
      cosmos.accept(keyset, [former])
      const signed = cosmos.signedWith(activeKey(keyset))
      mount.prepare(keyset)
      const began = performance.now()
      mount.swap()
      times.push((await signed) - began)
    }
    const scaled = times.map(ms => ms * scale)
    return { everySeconds, scale, ...quantilesOf(scaled) }
  })
