import { Account } from './account/account.ts'
import { randomKeys, seededKeys } from './account/keys.ts'
import { KeyUsage } from './account/usage.ts'
import { RequestCounts } from './arm/request-counts.ts'
import { type AccountSettings, newSettings } from './arm/settings.ts'
import { type Chance, chanceFrom } from './chance.ts'
import { type ConsistencyLevel, consistencyLevels } from './cosmos/consistency.ts'
import { type Cosmos, createCosmos } from './cosmos/cosmos-front.ts'
import { asObject } from './http/call.ts'
import type { Settings } from './options.ts'
import { invalid } from './settings.ts'
import { SecretStore } from './vault/store.ts'
import { checkRegions, type RegionSettings } from './weather/region-weather.ts'
import { RegionsWeather } from './weather/regions-weather.ts'
import { Weather } from './weather/weather.ts'
import { Ledger } from './witness.ts'

/** What the servers serve. No part listens or knows of TLS. */
export interface Parts {
  readonly account: Account
  readonly usage: KeyUsage
  /** What ARM shows of the account beside what the simulator acts upon. */
  readonly resource: AccountSettings
  readonly requests: RequestCounts
  readonly witness: Ledger
  readonly weather: Weather
  readonly cosmos: Cosmos
  readonly secrets: SecretStore
}

/** @throws SimError `SIM_OPTION_INVALID` for a fault rate that the data plane refuses */
export function makeParts(settings: Settings): Parts {
  const { clock, seed } = settings
  const chance = chanceFrom(seed)
  const { cosmos: faults, regions = {}, ...management } = settings.weather
  const account = new Account({
    name: settings.accountName,
    regions: settings.regions,
    clock,
    chance,
    drawKey: settings.keys === 'seeded' ? seededKeys(seed) : randomKeys,
    regeneration: settings.regeneration,
    geography: settings.geography,
    management: settings.management,
    onRemoved: () => emptied(cosmos),
  })
  const resource = newSettings(settings.regions[0] ?? '')
  const witness = new Ledger(settings.witness)
  const usage = new KeyUsage(() => settings.lastUsageLagMs)
  const requests = new RequestCounts()
  witness.onData(record => {
    usage.note(record)
    requests.note(record)
  })
  const cosmos = explained(() =>
    createCosmos({
      account: { name: settings.accountName },
      regions: () => account.regions,
      topology: () => account.geography.topology,
      regionsWeather: regionsWeather(chance, settings, regions),
      keys: account,
      clock,
      chance,
      witness,
      settings: {
        disableLocalAuth: () => account.flags.disableLocalAuth,
        disableKeyBasedMetadataWriteAccess: () => account.flags.disableKeyBasedMetadataWriteAccess,
        consistency: () => consistencyIn(resource),
        privateOnly: () => resource.properties['publicNetworkAccess'] === 'Disabled',
      },
      weather: faults ?? {},
      dateWindow: settings.dateWindow,
      resourceTokensDieWithKey: settings.resourceTokensDieWithKey,
    }),
  )
  account.geography.onForcedFailover((next, at) => cosmos.fallBackTo(next, at))
  skewClocks(cosmos, settings)
  const weather = new Weather(chance, management)
  const secrets = new SecretStore(clock, { chance, weather: () => weather.settings.vault })
  return { account, usage, resource, requests, witness, weather, cosmos, secrets }
}

/** The data plane checks its own rates and says RangeError; to callers it is one more option. */
export function explained<T>(run: () => T): T {
  try {
    return run()
  } catch (error) {
    throw error instanceof RangeError ? invalid(error.message) : error
  }
}

function regionsWeather(chance: Chance, { clock, regions }: Settings, settings: RegionSettings) {
  checkRegions(settings, regions)
  return new RegionsWeather(chance, clock, settings)
}

/** As ARM shows it, and lets it be changed. */
function consistencyIn({ properties }: AccountSettings): ConsistencyLevel {
  const { defaultConsistencyLevel } = asObject(properties['consistencyPolicy']) ?? {}
  return consistencyLevels.find(level => level === defaultConsistencyLevel) ?? 'Session'
}

function skewClocks({ clockSkew }: Cosmos, { clockSkewMs, regions }: Settings): void {
  if (typeof clockSkewMs === 'number') clockSkew.set(clockSkewMs)
  else
    for (const [region, ms] of Object.entries(clockSkewMs)) {
      if (regions.includes(region)) clockSkew.set(ms, region)
      else throw invalid(`There is no region ${region} whose clock could be off.`)
    }
}

/** With an account goes all that was in it. */
function emptied({ catalogue }: Cosmos): void {
  for (const database of [...catalogue.databases]) catalogue.deleteDatabase(database)
}
