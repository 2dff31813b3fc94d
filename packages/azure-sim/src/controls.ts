import type { Lock } from './arm/locks.ts'
import type { AzureSim } from './azure-sim.ts'
import type { Controls } from './control.ts'
import { asObject } from './http/call.ts'
import {
  type AllWeather,
  checkAmbush,
  checkRegeneration,
  type OperationSettings,
} from './settings.ts'

/** What another process may see and change of a simulator; whatever it sends is checked here. */
export function controlsOf(sim: AzureSim): Controls {
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
