// A thousand rotations of both keys, one after the other: whether anything of them stays.

import { Child } from '../client/channel.ts'
import type { CrewOrder } from './crew.ts'
import { rotation } from './keysets.ts'
import { mb, serving, swapTo } from './memory.ts'
import { type Point, type Slope, slopeOf } from './slope.ts'
import { onStage } from './stage.ts'

export interface LeakFigures {
  readonly rotations: number
  /** What is held after a collection, in MB per thousand rotations. */
  readonly live: Slope
  /** Resident memory likewise: it also shows what the allocator keeps, and is rougher. */
  readonly resident: Slope
}

export interface LeakPlan {
  readonly rotations: number
  readonly progress: (text: string) => void
}

const clients = 3
/** As many points carry the line. */
const points = 20
/** Until then machine code is made and caches fill: no leak, though it grows. */
const warmUpShare = 0.2

export const measureLeak = ({ rotations, progress }: LeakPlan): Promise<LeakFigures> =>
  onStage(async stage => {
    const place = await serving(stage, stage.feedOf(stage.mount()))
    const crew: Child<'ready', CrewOrder, unknown> = stage.keep(
      await Child.start('../sidecar/crew.ts'),
    )
    await crew.ask({ do: 'attach', socket: place.socket, clients })
    const [live, resident]: [Point[], Point[]] = [[], []]
    const every = Math.max(1, Math.floor((rotations * (1 - warmUpShare)) / points))
    const from = rotations - every * points
    let keyset = place.first
    for (let nth = 0; nth <= rotations; nth++) {
      for (const next of rotation(keyset)) {
        await swapTo(next, place)
        keyset = next
      }
      if (nth % 100 === 0) progress(`rotation ${nth} of ${rotations}`)
      if (nth < from || (nth - from) % every !== 0) continue
      const cost = await place.process.cost('collect')
      live.push([nth / 1_000, cost.live / 1e6])
      resident.push([nth / 1_000, cost.rss / 1e6])
    }
    progress(`${mb((live.at(-1)?.[1] ?? 0) * 1e6)} MB are held at the end`)
    return { rotations, live: slopeOf(live), resident: slopeOf(resident) }
  })
