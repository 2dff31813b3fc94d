// `GET /v1/keyset` at 2,000 a second, beside a bare server that answers the same bytes: in turn,
// slice by slice, so that whatever else the machine does meets both.

import { join } from 'node:path'
import { Child } from '../client/channel.ts'
import { type Bounds, medianBounds, paired } from '../client/statistics.ts'
import type { BareOrder } from './bare.ts'
import type { Answered, CrewOrder } from './crew.ts'
import { firstKeyset } from './keysets.ts'
import { type Quantiles, quantileOf, quantilesOf } from './quantiles.ts'
import { onStage } from './stage.ts'

export interface GetFigures {
  readonly sidecar: Quantiles
  readonly bare: Quantiles
  /** The sidecar's p99 against the bare server's of the same round. */
  readonly p99Ratio: Bounds
}

export interface GetPlan {
  readonly rounds: number
  readonly progress: (text: string) => void
}

const sliceSeconds = 1
/** A sidecar runs for weeks: both are measured once V8 has made its last machine code of them. */
const warmUpSeconds = 6
const clients = 100

/** What `node:http` writes by itself. */
const ownHeaders = ['date', 'connection', 'keep-alive', 'transfer-encoding']

export const measureGets = ({ rounds, progress }: GetPlan): Promise<GetFigures> =>
  onStage(async stage => {
    const feed = stage.feedOf(stage.mount())
    await feed.put(firstKeyset('http://localhost:9/'))
    const { socket } = await stage.sidecar(feed, await stage.announcer())
    const crew: Child<'ready', CrewOrder, unknown> = stage.keep(
      await Child.start('../sidecar/crew.ts'),
    )
    await crew.ask({ do: 'attach', socket, clients })
    const { text, headers } = await crew.ask<Answered>({ do: 'see', socket })
    const bareSocket = join(stage.folder, 'bare.sock')
    const bare: Child<'ready', BareOrder, 'listening'> = stage.keep(
      await Child.start('../sidecar/bare.ts'),
    )
    const same = Object.entries(headers).filter(([name]) => !ownHeaders.includes(name))
    await bare.ask({ socket: bareSocket, text, headers: Object.fromEntries(same) })

    const slice = (where: string, seconds: number): Promise<number[]> =>
      crew.ask<number[]>({ do: 'get', socket: where, seconds })
    const all = { sidecar: [] as number[][], bare: [] as number[][] }
    for (const where of [socket, bareSocket]) await slice(where, warmUpSeconds)
    for (let round = 1; round <= rounds; round++) {
      all.sidecar.push(await slice(socket, sliceSeconds))
      all.bare.push(await slice(bareSocket, sliceSeconds))
      progress(`round ${round} of ${rounds}`)
    }
    const p99s = (of: readonly number[][]): number[] => of.map(each => quantileOf(each, 0.99).value)
    return {
      sidecar: quantilesOf(all.sidecar.flat()),
      bare: quantilesOf(all.bare.flat()),
      p99Ratio: medianBounds(paired(p99s(all.sidecar), p99s(all.bare))),
    }
  })
