import type { RequestListener } from 'node:http'
import type { Topology } from '../account/geography.ts'
import type { KeyRing, Region } from '../account/types.ts'
import type { Chance } from '../chance.ts'
import type { Clock } from '../clock.ts'
import type { RegionsWeather } from '../weather/regions-weather.ts'
import type { Witness } from '../witness.ts'
import type { AccountIdentity } from './account-read.ts'
import type { DateWindow } from './authenticate.ts'
import type { Catalogue } from './catalogue/catalogue.ts'
import type { ClockSkew } from './clock-skew.ts'
import type { ConsistencyLevel } from './consistency.ts'
import type { FaultRates, Faults } from './faults.ts'
import { Front } from './front/front.ts'
import type { TokenVerifier } from './identity/entra-gate.ts'

export interface CosmosSettings {
  /** Whether requests signed with account keys are refused: ARM's `disableLocalAuth`. */
  disableLocalAuth(): boolean
  /** Whether keys may not change databases, containers or throughput. Default: they may. */
  disableKeyBasedMetadataWriteAccess?(): boolean
  /** The account's default consistency. Default: `Session`. */
  consistency?(): ConsistencyLevel
}

export interface CosmosOptions {
  readonly account: AccountIdentity
  /** The regions as they are at each moment; the first writable one is the write region. */
  readonly regions: readonly Region[] | (() => readonly Region[])
  readonly keys: KeyRing
  readonly clock: Clock
  readonly chance: Chance
  readonly witness: Witness
  readonly settings: CosmosSettings
  /** How often the regions, and which of them is written to, have changed. Default: never. */
  readonly topology?: () => Topology
  /** How it is in each region; all calm by default. */
  readonly regionsWeather?: RegionsWeather
  /** Fault rates at the start; all 0 by default. */
  readonly weather?: Partial<FaultRates>
  readonly dateWindow?: Partial<DateWindow>
  /** Whether a resource token ends with the key that it was made under. Default: it does. */
  readonly resourceTokensDieWithKey?: boolean
}

export interface Cosmos {
  /** The faults of the data plane, settable while it runs. */
  readonly faults: Faults
  /** Outages and lag of each region, settable while it runs. */
  readonly regionsWeather: RegionsWeather
  /** The databases and containers, for tests that look behind the wire. */
  readonly catalogue: Catalogue
  /** How far the clocks of the regions are off, settable while they run. */
  readonly clockSkew: ClockSkew
  /** Takes tokens of Entra from now on, as this verifier and these audiences allow. */
  trust(verifier: TokenVerifier, audiences: () => readonly string[]): void
  /** Forgets what a region had not seen at `at`, as it is written to from then on. */
  fallBackTo(region: string, at: number): void
  /** What an HTTPS server of this region hands its requests to. */
  handlerFor(regionName: string): RequestListener
  /** For the account's global endpoint: serves as the write region does. */
  readonly globalHandler: RequestListener
}

/** The Cosmos DB data plane of one account: one store, behind one front for each region. */
export function createCosmos(options: CosmosOptions): Cosmos {
  const front = new Front(options)
  return {
    faults: front.faults,
    regionsWeather: front.weather,
    catalogue: front.catalogue,
    clockSkew: front.clockSkew,
    trust: (verifier, audiences) => front.trust(verifier, audiences),
    fallBackTo: (region, at) => {
      for (const { containers } of front.catalogue.databases) {
        for (const container of containers.values()) container.whole.fallBackTo(region, at)
      }
    },
    handlerFor: name => (request, response) => void front.serve(name, request, response),
    globalHandler: (request, response) => void front.serve(null, request, response),
  }
}
