import type { RequestListener } from 'node:http'
import type { RegionsWeather } from '../weather/regions-weather.ts'
import type { Catalogue } from './catalogue/catalogue.ts'
import type { ClockSkew } from './clock-skew.ts'
import type { CosmosOptions } from './cosmos-options.ts'
import type { Faults } from './faults.ts'
import { Front } from './front/front.ts'
import type { TokenVerifier } from './identity/entra-gate.ts'

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
