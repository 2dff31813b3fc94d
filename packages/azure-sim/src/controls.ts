import type { Account } from './account/account.ts'
import type { Lock } from './arm/lock.ts'
import type { Controls } from './control.ts'
import type { Cosmos } from './cosmos/cosmos-front.ts'
import { asObject } from './http/call.ts'
import {
  type AllWeather,
  checkAmbush,
  checkRegeneration,
  type OperationSettings,
} from './settings.ts'
import type { RegenerationKnobs } from './weather/propagation.ts'
import type { Weather } from './weather/weather.ts'
import type { Ledger } from './witness.ts'

/** A simulator, as far as another process may reach into it. */
export interface Controlled {
  readonly account: Pick<Account, 'geographyKnobs' | 'managementKnobs'>
  readonly witness: Pick<Ledger, 'testimony'>
  readonly weather: Weather
  readonly cosmos: Pick<Cosmos, 'faults' | 'regionsWeather'>
  readonly regeneration: RegenerationKnobs
  readonly locks: readonly Lock[]
  describe(): unknown
  setWeather(weather: AllWeather): void
  setOperations(settings: OperationSettings): void
  setLocks(locks: readonly Lock[]): void
  rotateSigningKey(options: { readonly retire?: boolean }): Promise<void>
}

/** What another process may see and change of a simulator; whatever it sends is checked here. */
export function controlsOf(sim: Controlled): Controls {
  return {
    describe: () => sim.describe(),
    testimony: () => sim.witness.testimony(),
    weather: () => ({
      ...sim.weather.settings,
      cosmos: sim.cosmos.faults.rates,
      regions: sim.cosmos.regionsWeather.settings,
    }),
    setWeather: settings => sim.setWeather(settings as AllWeather),
    once: ambush => sim.weather.once(checkAmbush(ambush)),
    regeneration: () => sim.regeneration,
    setRegeneration: knobs => {
      Object.assign(sim.regeneration, checkRegeneration(knobs))
    },
    operations: () => {
      const { geographyKnobs: geography, managementKnobs: management } = sim.account
      return { geography, management }
    },
    setOperations: knobs => sim.setOperations(knobs as OperationSettings),
    locks: () => ({ locks: sim.locks }),
    setLocks: settings => sim.setLocks(asObject(settings)?.['locks'] as Lock[]),
    rotateSigningKey: options => sim.rotateSigningKey(options as { retire?: boolean }),
  }
}
