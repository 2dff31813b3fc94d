import type { PodPlan } from '../fleet/pod.ts'
import type { Operator } from '../operator.ts'
import type { Chance } from '../time/chance.ts'
import type { World } from '../world.ts'
import type { Scene, Strike } from './scene.ts'
import { strikes } from './strikes.ts'

/** As many as a seed draws at the most. */
const onlyStrikes = 30

/** @throws {RangeError} where there is no such kind. */
const kindsOf = (names: readonly string[]): readonly (readonly [string, Strike])[] => {
  const all = new Map(Object.values(strikes).flatMap(kinds => Object.entries(kinds)))
  return names.map(name => {
    const strike = all.get(name)
    if (strike) return [name, strike]
    throw new RangeError(`There is no strike ${name}: choose of ${[...all.keys()].join(', ')}.`)
  })
}

/** What goes wrong in a seed, and when it all ends. */
export class Storm {
  readonly faults = new Map<string, number>()
  readonly #world: World
  readonly #operator: Operator
  readonly #chance: Chance
  readonly #undo = new Set<() => void>()
  #left: number
  #isOver = true

  constructor(world: World, operator: Operator) {
    this.#world = world
    this.#operator = operator
    this.#chance = world.chance.of('storm')
    this.#left = world.only === null ? world.settings.strikes : onlyStrikes
  }

  /** Who is there from the beginning. */
  pods(): readonly PodPlan[] {
    const { settings, chance } = this.#world
    const draw = chance.of('pods')
    const lags = draw.pick([[null], [null, null, 5_000], [20_000], [null, 40_000]])
    const durables = settings.strikes > 0 && draw.is(0.05) ? 0.7 : 1
    return Array.from({ length: settings.members }, (_, index) => {
      const name = `pod-${index + 1}`
      const clients = draw.int(settings.clientsMost > 1 ? 0 : 1, settings.clientsMost)
      return {
        ...{ name, label: name, clients },
        mountLagMs: draw.pick(lags),
        durable: draw.is(durables),
      }
    })
  }

  /**
   * Half of the strikes come at any time; the others within seconds of the entry into a phase,
   * where it hurts: most of all, and several at once, where a key is about to go.
   */
  begin(): void {
    this.#isOver = false
    const { timeline, settings } = this.#world
    const mix = this.#mix()
    if (mix.length === 0) return
    const anytime = Math.ceil(this.#left / 2)
    this.#left -= anytime
    for (let index = 0; index < anytime; index += 1) {
      const at = this.#chance.int(0, settings.stormMs)
      timeline.after(at, () => this.#strike(mix))
    }
    this.#world.onJournal = (_, phase) => {
      if (phase === null) return
      const isTense = phase.startsWith('fencing') || phase.startsWith('regenerating')
      if (!this.#chance.is(isTense ? 0.9 : 0.4)) return
      const count = Math.min(this.#left, isTense ? this.#chance.int(1, 3) : 1)
      this.#left -= count
      for (let index = 0; index < count; index += 1) {
        const withinMs = this.#chance.is(0.5) ? 1_500 : 12_000
        timeline.after(this.#chance.int(0, withinMs), () => this.#strike(mix))
      }
    }
  }

  /** Nothing is broken any more; who is dead stays dead. */
  heal(): void {
    const { weather, reports, account, pods, coordinators, trace, timeline } = this.#world
    trace.tell('storm', 'is over: everything heals')
    this.#isOver = true
    this.#world.onJournal = () => {}
    for (const undo of [...this.#undo]) undo()
    weather.heal()
    reports.heal()
    account.mood.fails = false
    account.mood.regenerationMs = this.#world.settings.regenerationMs
    // Ended, and not forgotten: what was refused just before may be on its way back for seconds.
    const { now } = timeline
    for (const region of account.regions) {
      region.downUntil = Math.min(region.downUntil, now)
      region.containerAnewUntil = Math.min(region.containerAnewUntil, now)
    }
    for (const flap of account.all.flatMap(({ flaps }) => flaps)) {
      flap.until = Math.min(flap.until, now)
    }
    for (const { process } of coordinators) process.continueAtLast()
    if (this.#world.leader === null) this.#world.startCoordinator()
    for (const pod of pods) {
      pod.diskFullUntil = 0
      pod.vaultCutUntil = 0
      pod.azureCutUntil = 0
      pod.process.continueAtLast()
      for (const client of pod.clients) {
        client.cutUntil = timeline.now
        client.slowUntil = 0
        client.process.continueAtLast()
      }
      if (pod.isUp && !pod.process.alive) pod.restartSidecar()
    }
    // Somebody gives each pod a name of its own again.
    for (const [index, pod] of pods.entries()) {
      const isFirst = pods.findIndex(one => one.name === pod.name && one.isUp) === index
      if (pod.isUp && !isFirst) void pod.leave()
    }
  }

  /** A few kinds of a few groups: worlds in which one thing goes wrong again and again. */
  #mix(): readonly (readonly [string, Strike])[] {
    const { only } = this.#world
    if (only !== null) return kindsOf(only)
    const eagerness = this.#chance.pick([0.15, 0.35, 0.7])
    const groups = Object.entries(strikes).filter(([group]) =>
      this.#chance.is(group === 'humans' ? 0.25 : 0.7),
    )
    const all = groups.flatMap(([, kinds]) => Object.entries(kinds))
    const drawn = all.filter(() => this.#chance.is(eagerness))
    return drawn.length > 0 ? drawn : all.slice(0, 1)
  }

  #strike(mix: readonly (readonly [string, Strike])[]): void {
    if (this.#isOver) return
    const [kind, strike] = this.#chance.pick(mix)
    const scene = this.#scene()
    const whom = strike(scene)
    if (whom === null) return
    this.faults.set(kind, (this.faults.get(kind) ?? 0) + 1)
    const seconds = Math.round(scene.ms / 1_000)
    this.#world.trace.tell('storm', `${kind}: ${whom}, for ${seconds} s`)
  }

  #scene(): Scene {
    const { timeline } = this.#world
    const ms = this.#chance.pick([500, 3_000, 15_000, 40_000, 90_000])
    return {
      world: this.#world,
      operator: this.#operator,
      chance: this.#chance,
      ms,
      until: timeline.now + ms,
      after: undo => {
        const once = (): void => {
          if (this.#undo.delete(once)) undo()
        }
        this.#undo.add(once)
        timeline.after(ms, once)
      },
    }
  }
}
