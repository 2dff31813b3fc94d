import type { Topology } from '../account/geography.ts'
import type { KeyRing, Region } from '../account/types.ts'
import type { Chance } from '../chance.ts'
import type { Clock } from '../clock.ts'
import type { RegionsWeather } from '../weather/regions-weather.ts'
import type { Witness } from '../witness.ts'
import type { AccountIdentity } from './account-read.ts'
import type { DateWindow } from './authenticate.ts'
import type { ConsistencyLevel } from './consistency.ts'
import type { FaultRates } from './faults.ts'

export interface CosmosSettings {
  /** Whether requests signed with account keys are refused: ARM's `disableLocalAuth`. */
  disableLocalAuth(): boolean
  /** Whether keys may not change databases, containers or throughput. Default: they may. */
  disableKeyBasedMetadataWriteAccess?(): boolean
  /** Whether nobody is let in who comes by the public internet, as all of the simulator's callers do. */
  privateOnly?(): boolean
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
