import { explore } from './explorer/explore.ts'
import type { Finding, Limits } from './explorer/system.ts'
import type { Spec } from './world/spec.ts'
import { worldOf } from './world/world.ts'

/** What a world's exploration comes to, as it goes from a worker to whoever prints. */
export interface WorldResult {
  readonly name: string
  readonly about: string
  readonly states: number
  readonly edges: number
  readonly depth: number
  readonly complete: boolean
  readonly faults: readonly string[]
  readonly pairs: readonly string[]
  readonly broken: readonly Finding[]
  readonly stuck: number
  readonly firstStuck: Finding | null
  readonly ms: number
}

export const runWorld = (
  spec: Spec,
  limits: Partial<Limits> = {},
  tell?: (states: number, depth: number) => void,
): WorldResult => {
  const start = performance.now()
  const bounds = {
    statesMax: spec.statesMax,
    untilBroken: false,
    asksForEnd: !spec.mayWait,
    ...limits,
  }
  const { pairs, faults, ends: _, ...found } = explore(worldOf(spec), bounds, tell)
  const { name, about } = spec
  const ms = Math.round(performance.now() - start)
  return { name, about, ...found, faults: [...faults].sort(), pairs: metOf(spec, pairs), ms }
}

/** Where one fault is all there may be, a second one follows only on what the first left as it was. */
const metOf = ({ faultsMax }: Spec, pairs: ReadonlySet<string>): readonly string[] =>
  faultsMax < 2 ? [] : [...pairs].sort()
