// How long until an application signs with a new key: from a file's rename, and from an
// announcement, in each case to the first document that is read with that key.

import { setTimeout as sleep } from 'node:timers/promises'
import type { KeysetDocument } from '@keyturn/protocol'
import { Child } from '../client/channel.ts'
import type { Announcer } from './announcer.ts'
import type { ApplicationOrder, ApplicationReport } from './application.ts'
import type { Cosmos } from './cosmos.ts'
import { activeKey, firstKeyset, turned } from './keysets.ts'
import { type Quantiles, quantilesOf } from './quantiles.ts'
import { type Feed, onStage, type Stage } from './stage.ts'

export interface SwapPlan {
  readonly swaps: number
  readonly progress: (text: string) => void
}

/** From 300 on the largest value lies above the true p99 with 95 %. */
export const swapsDefault = 300
/** The first ones load code, and are not measured. */
const warmUps = 10
/** A swap that takes longer has failed, in ms. */
const swapMsMax = 15_000
/** Between two swaps, in ms: what the former one set off has ended. */
const pauseMs = [30, 60] as const

type Application = Child<'ready', ApplicationOrder | 'count', ApplicationReport>

/** What makes one keyset known, and when that counts from. */
type Publish = (keyset: KeysetDocument) => Promise<number>

const swapOnce = async (
  cosmos: Cosmos,
  from: KeysetDocument,
  publish: Publish,
): Promise<{ readonly keyset: KeysetDocument; readonly ms: number }> => {
  const keyset = turned(from)
  cosmos.accept(keyset, [activeKey(from)])
  const signed = cosmos.signedWith(activeKey(keyset))
  const began = await publish(keyset)
  const late = new AbortController()
  const at = await Promise.race([
    signed,
    sleep(swapMsMax, null, { signal: late.signal }).catch(() => null),
  ])
  late.abort()
  if (at === null) throw new Error(`Version ${keyset.version} did not arrive in ${swapMsMax} ms.`)
  return { keyset, ms: at - began }
}

const measure = async (
  parts: { readonly cosmos: Cosmos; readonly first: KeysetDocument; readonly publish: Publish },
  { swaps, progress }: SwapPlan,
): Promise<Quantiles> => {
  let keyset = parts.first
  const times: number[] = []
  for (let nth = -warmUps; nth < swaps; nth++) {
    const swap = await swapOnce(parts.cosmos, keyset, parts.publish)
    keyset = swap.keyset
    if (nth >= 0) times.push(swap.ms)
    if (nth >= 0 && (nth + 1) % 100 === 0) progress(`swap ${nth + 1} of ${swaps}`)
    await sleep(pauseMs[0] + Math.random() * (pauseMs[1] - pauseMs[0]))
  }
  if (parts.cosmos.refused > 0) throw new Error('An application signed with a key that is gone.')
  return quantilesOf(times)
}

/** An application that reads all the time, through a sidecar with this feed. */
const open = async (stage: Stage, cosmos: Cosmos, feed: Feed) => {
  const first = firstKeyset(cosmos.endpoint)
  cosmos.accept(first)
  await feed.put(first)
  const announcer = await stage.announcer()
  const { socket } = await stage.sidecar(feed, announcer)
  await announcer.until(({ held }) => held !== null)
  const application: Application = stage.keep(await Child.start('../sidecar/application.ts'))
  await application.ask({ socket, endpoint: cosmos.endpoint })
  return { cosmos, first, announcer }
}

export const measureFileSwaps = (plan: SwapPlan): Promise<Quantiles> =>
  onStage(async stage => {
    const cosmos = await stage.cosmos()
    const mount = stage.mount()
    const parts = await open(stage, cosmos, stage.feedOf(mount))
    const publish: Publish = async keyset => {
      mount.prepare(keyset)
      const began = performance.now()
      mount.swap()
      return began
    }
    return measure({ ...parts, publish }, plan)
  })

const announcing =
  (feed: Feed, announcer: Announcer): Publish =>
  async keyset => {
    await feed.put(keyset)
    const began = performance.now()
    announcer.announce(keyset.version)
    return began
  }

export const measureAnnouncedSwaps = (plan: SwapPlan): Promise<Quantiles> =>
  onStage(async stage => {
    const cosmos = await stage.cosmos()
    const feed = await stage.vault()
    const parts = await open(stage, cosmos, feed)
    return measure({ ...parts, publish: announcing(feed, parts.announcer) }, plan)
  })
