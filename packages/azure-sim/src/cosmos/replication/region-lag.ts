import type { Topology } from '../../account/geography.ts'
import type { Region } from '../../account/types.ts'
import { type Chance, within } from '../../chance.ts'
import type { RegionsWeather } from '../../weather/regions-weather.ts'
import type { Lag } from './lag.ts'

/** How far regions are behind, by the weather; drawn from the seed, write by write. */
export class RegionLag implements Lag {
  readonly #weather: RegionsWeather
  readonly #chance: Chance
  readonly #regions: () => readonly Region[]
  readonly #topology: () => Topology

  constructor(
    weather: RegionsWeather,
    chance: Chance,
    regions: () => readonly Region[],
    topology: () => Topology,
  ) {
    this.#weather = weather
    this.#chance = chance
    this.#regions = regions
    this.#topology = topology
  }

  get active(): boolean {
    return this.#weather.lags
  }

  get regions(): readonly Region[] {
    return this.#regions()
  }

  get topology(): Topology {
    return this.#topology()
  }

  writeMs(region: string, container: string, lsn: number): number {
    const span = this.#weather.of(region).replicationLagMs
    return typeof span === 'number'
      ? span
      : within(span, this.#chance('replication', region, container, lsn))
  }

  containerMs(region: string, container: string): number {
    const span = this.#weather.of(region).containerLagMs
    return typeof span === 'number'
      ? span
      : within(span, this.#chance('container', region, container))
  }
}
