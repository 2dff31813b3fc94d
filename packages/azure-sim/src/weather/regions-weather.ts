import { type Chance, within } from '../chance.ts'
import type { Clock } from '../clock.ts'
import {
  calmRegion,
  checkRegions,
  everyRegion,
  most,
  type Outage,
  type RegionSettings,
  type RegionWeather,
} from './region-weather.ts'

/** One outage by chance: a pure function of the seed, the region and its place in the row. */
interface Spell {
  readonly nth: number
  readonly from: number
  readonly until: number
  readonly kind: Outage
}

/** How it is in each region: outages of endpoints, and how far regions are behind. */
export class RegionsWeather {
  readonly #chance: Chance
  readonly #clock: Clock
  readonly #listeners = new Set<() => void>()
  readonly #regions = new Map<string, RegionWeather>()
  readonly #spells = new Map<string, Spell>()
  #general: RegionWeather = calmRegion
  #since: number
  #lags = false
  #breaks = false

  /** Throws RangeError for settings that make no sense. */
  constructor(chance: Chance, clock: Clock, settings: RegionSettings = {}) {
    this.#chance = chance
    this.#clock = clock
    this.#since = clock.now()
    this.set(settings)
  }

  /** What was set, by region; `*` for those that are not named. */
  get settings(): RegionSettings {
    return { [everyRegion]: this.#general, ...Object.fromEntries(this.#regions) }
  }

  /** Whether writes or containers may be seen late anywhere. */
  get lags(): boolean {
    return this.#lags
  }

  of(region: string): RegionWeather {
    return this.#regions.get(region) ?? this.#general
  }

  /**
   * Changes what is named and leaves the rest, from now on; `*` changes it in every region. Throws
   * RangeError for settings that make no sense, and then changes nothing.
   */
  set(settings: RegionSettings): void {
    checkRegions(settings)
    const { [everyRegion]: general = {}, ...named } = settings
    this.#general = { ...this.#general, ...general }
    for (const [region, own] of this.#regions) this.#regions.set(region, { ...own, ...general })
    for (const [region, own] of Object.entries(named)) {
      this.#regions.set(region, { ...this.of(region), ...own })
    }
    const all = [this.#general, ...this.#regions.values()]
    this.#lags = all.some(own => most(own.replicationLagMs) > 0 || most(own.containerLagMs) > 0)
    this.#breaks = all.some(own => own.outage !== 'none' || most(own.outageEveryMs) > 0)
    this.#since = this.#clock.now()
    this.#spells.clear()
    for (const listener of this.#listeners) listener()
  }

  /** What is wrong with a region's endpoint now. */
  outage(region: string): Outage {
    if (!this.#breaks) return 'none'
    const { outage } = this.of(region)
    if (outage !== 'none') return outage
    const spell = this.#spell(region)
    return spell !== undefined && spell.from <= this.#clock.now() ? spell.kind : 'none'
  }

  /** When the next outage by chance of any of these regions begins or ends; infinite for never. */
  nextChangeAt(regions: readonly string[]): number {
    if (!this.#breaks) return Number.POSITIVE_INFINITY
    const now = this.#clock.now()
    const times = regions.map(region => {
      const spell = this.#spell(region)
      if (spell === undefined) return Number.POSITIVE_INFINITY
      return spell.from > now ? spell.from : spell.until
    })
    return Math.min(...times)
  }

  /** Calls back when settings change; returns how to stop. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** The outage by chance that is there, or comes next. */
  #spell(region: string): Spell | undefined {
    const weather = this.of(region)
    if (most(weather.outageEveryMs) === 0) return undefined
    let spell = this.#spells.get(region) ?? this.#nextSpell(region, weather, 0, this.#since)
    while (spell.until <= this.#clock.now()) {
      spell = this.#nextSpell(region, weather, spell.nth + 1, spell.until)
    }
    this.#spells.set(region, spell)
    return spell
  }

  #nextSpell(region: string, weather: RegionWeather, nth: number, after: number): Spell {
    const draw = (what: string): number => this.#chance('outage', region, nth, what)
    const from = after + within(weather.outageEveryMs, draw('every'))
    const { outageKinds: kinds } = weather
    return {
      nth,
      from,
      // At least a millisecond, so that time gets past it.
      until: from + Math.max(1, within(weather.outageMs, draw('lasts'))),
      kind: kinds[Math.floor(draw('kind') * kinds.length)] ?? 'none',
    }
  }
}
