// What a sidecar costs while nothing happens: an application is attached, the vault is asked now and
// then, a report is held by the coordinator; everything as often as it is by default.

import { setTimeout as sleep } from 'node:timers/promises'
import { Child } from '../client/channel.ts'
import type { CrewOrder } from './crew.ts'
import { serving } from './memory.ts'
import { onStage } from './stage.ts'

export interface IdleFigures {
  /** Of one core. */
  readonly cpuPercent: number
  readonly seconds: number
}

/** The start has passed, and the collections that V8 makes once, 10 and 40 seconds after it. */
const settleMs = 60_000

export const measureIdle = (seconds: number): Promise<IdleFigures> =>
  onStage(async stage => {
    const { process, socket } = await serving(stage, await stage.vault())
    const crew: Child<'ready', CrewOrder, unknown> = stage.keep(
      await Child.start('../sidecar/crew.ts'),
    )
    await crew.ask({ do: 'attach', socket, clients: 1 })
    await sleep(settleMs)
    const [before, from] = [await process.cost(), performance.now()]
    await sleep(seconds * 1_000)
    const micros = (await process.cost()).cpuMicros - before.cpuMicros
    const ms = performance.now() - from
    return { cpuPercent: micros / 10 / ms, seconds: Math.round(ms / 1_000) }
  })
