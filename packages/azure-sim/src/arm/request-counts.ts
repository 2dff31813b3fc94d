import { normalized } from '../account/locations.ts'

const grainMs = 300_000
/** Published with the metric's definition: grains of five minutes are kept for two days. */
const keptGrains = (2 * 86_400_000) / grainMs
/** How many requests each region answered, in grains of five minutes. */
export class RequestCounts {
  readonly #byRegion = new Map<string, Map<number, number>>()

  note({ region, at }: { readonly region: string; readonly at: number }): void {
    let grains = this.#byRegion.get(region)
    if (grains === undefined) {
      grains = new Map()
      this.#byRegion.set(region, grains)
    }
    const grain = Math.floor(at / grainMs)
    const count = grains.get(grain)
    grains.set(grain, (count ?? 0) + 1)
    if (count === undefined && grains.size > keptGrains) {
      for (const old of grains.keys()) if (old < grain - keptGrains) grains.delete(old)
    }
  }

  /** Requests from `from` until `until`, to the grain; of all regions where none is named. */
  total(from: number, until: number, region?: string): number {
    let total = 0
    for (const [name, grains] of this.#byRegion) {
      if (region !== undefined && normalized(name) !== normalized(region)) continue
      for (const [grain, count] of grains) {
        const at = grain * grainMs
        if (at >= Math.floor(from / grainMs) * grainMs && at < until) total += count
      }
    }
    return total
  }
}
