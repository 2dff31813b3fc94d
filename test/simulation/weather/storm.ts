import type { PodPlan } from '../fleet/pod.ts'
import type { Operator } from '../operator.ts'
import type { World } from '../world.ts'

/** What goes wrong in a seed, and when it all ends. */
export class Storm {
  readonly faults = new Map<string, number>()
  readonly #world: World
  readonly #operator: Operator

  constructor(world: World, operator: Operator) {
    this.#world = world
    this.#operator = operator
  }

  pods(): readonly PodPlan[] {
    const { settings, chance } = this.#world
    const draw = chance.of('pods')
    const lags = draw.pick([[null], [null, null, 5_000], [20_000], [null, 40_000]])
    return Array.from({ length: settings.members }, (_, index) => {
      const name = `pod-${index + 1}`
      const clients = draw.int(settings.clientsMost > 1 ? 0 : 1, settings.clientsMost)
      return { name, label: name, mountLagMs: draw.pick(lags), durable: true, clients }
    })
  }

  begin(): void {}

  heal(): void {
    void this.#operator
  }
}
