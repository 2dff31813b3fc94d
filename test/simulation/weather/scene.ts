import type { Operator } from '../operator.ts'
import type { Chance } from '../time/chance.ts'
import type { World } from '../world.ts'

/** What a strike may use: the world, its own chance, how long it lasts, and what to do after it. */
export interface Scene {
  readonly world: World
  readonly operator: Operator
  readonly chance: Chance
  /** How long it lasts, in ms. */
  readonly ms: number
  readonly until: number
  /** Once it is over, or everything heals. */
  readonly after: (undo: () => void) => void
}

/** Returns whom it befell, for the trace; `null`: there was nobody to befall. */
export type Strike = (scene: Scene) => string | null

/** Kinds of strikes by their names. */
export type Strikes = Readonly<Record<string, Strike>>
