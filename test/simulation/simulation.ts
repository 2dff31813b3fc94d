import { hasEnded } from '@keyturn/core'
import type { PodPlan } from './fleet/pod.ts'
import { Operator } from './operator.ts'
import type { Turn } from './settings.ts'
import { virtualTimers } from './time/globals.ts'
import { Storm } from './weather/storm.ts'
import { World, type WorldOptions } from './world.ts'

export interface Result {
  readonly seed: number
  readonly violations: readonly string[]
  /** Why the rotation did not end in time after everything was well again; `null`: it did. */
  readonly unfinished: string | null
  readonly ended: string | null
  /** What its first rotation turned. */
  readonly turn: Turn
  readonly members: number
  readonly virtualMs: number
  readonly events: number
  readonly requests: number
  readonly failed: Readonly<Record<string, number>>
  readonly faults: Readonly<Record<string, number>>
  readonly hash: string
  readonly trace: readonly string[]
}

/** How long a turn may take once nothing is broken any more, beyond what Azure takes. */
const patienceMs = (world: World): number => {
  const { limits, regenerationMs, regionLagMs, pollMs, usageMs } = world.settings
  const waits = limits.bakeMs + limits.quietMs + limits.fleetSettleMs + limits.armSettleMs
  const looks = limits.armAgeMsMax + limits.vaultAgeMsMax + limits.reportAgeMsMax
  return 1_800_000 + 4 * (waits + looks + 2 * regenerationMs + regionLagMs + pollMs + usageMs)
}

/** One seed: a fleet, a whole rotation in its weather, then good weather until it has ended. */
export const simulate = async (options: WorldOptions): Promise<Result> => {
  const world = new World(options)
  const restore = virtualTimers(world.timeline)
  try {
    return await new Run(world, options.seed).toItsEnd()
  } finally {
    restore()
  }
}

class Run {
  readonly #world: World
  readonly #seed: number
  readonly #operator: Operator
  readonly #storm: Storm
  #unfinished: string | null = null

  constructor(world: World, seed: number) {
    this.#world = world
    this.#seed = seed
    this.#operator = new Operator(world)
    this.#storm = new Storm(world, this.#operator)
  }

  async toItsEnd(): Promise<Result> {
    const { settings } = this.#world
    this.#start()
    await this.#until('the account is adopted', 300_000, async () => {
      if (this.#world.vault.latest === null) await this.#operator.adopt()
      return this.#announced > 0
    })
    for (let left = settings.rotations; left > 0 && this.#unfinished === null; left -= 1) {
      await this.#rotation(left === settings.rotations)
    }
    return this.#result()
  }

  #start(): void {
    const { world } = { world: this.#world }
    world.startCoordinator()
    for (const plan of this.#storm.pods()) world.addPod(plan satisfies PodPlan)
  }

  async #rotation(inWeather: boolean): Promise<void> {
    const { settings } = this.#world
    const turn = inWeather ? settings.turn : 'both'
    await this.#until('a rotation starts', 300_000, () => this.#operator.rotate(turn))
    if (inWeather && (settings.strikes > 0 || this.#world.only !== null)) {
      this.#storm.begin()
      await this.#pass(settings.stormMs)
      this.#storm.heal()
    }
    await this.#until('the rotation ends', patienceMs(this.#world), async () => {
      if (this.#ended !== null) return true
      await this.#operator.help()
      return this.#ended !== null
    })
    await this.#until('all hold the last version', 600_000, async () => {
      await this.#operator.help()
      return this.#allHoldTheLast()
    })
  }

  get #announced(): number {
    return this.#world.leader?.account.announced ?? 0
  }

  get #ended(): string | null {
    const rotation = this.#world.leader?.account.state.record.rotation
    return rotation && hasEnded(rotation.phase) ? rotation.phase.at : null
  }

  #allHoldTheLast(): boolean {
    const { pods, account } = this.#world
    return pods
      .filter(({ bound }) => bound)
      .flatMap(({ clients }) => clients.filter(({ process }) => process.alive))
      .every(({ ring: { current } }) => {
        if (current === null || current.version !== this.#announced) return false
        const { primary, secondary } = current.keys
        return (
          primary.fingerprint === account.current.primary.fingerprint &&
          secondary.fingerprint === account.current.secondary.fingerprint
        )
      })
  }

  /** Asks every few seconds until it is so. */
  async #until(what: string, withinMs: number, holds: () => Promise<boolean>): Promise<void> {
    const { timeline, settings } = this.#world
    const scale = Math.max(1, settings.turnMs / 1_000)
    const over = timeline.now + withinMs * scale
    const everyMs = 10_000 * scale
    let is = false
    const ask = (): void => {
      void holds().then(answer => {
        is = answer
        if (!is) timeline.after(everyMs, ask)
      })
    }
    timeline.after(1, ask)
    await timeline.run(() => is || timeline.now > over)
    if (is || this.#unfinished !== null) return
    const state = this.#world.leader?.account.state
    const blockers = state?.blockers.map(({ code, member }) => `${code} ${member ?? ''}`.trim())
    const phase = state?.record.rotation?.phase.at ?? 'no rotation'
    this.#unfinished = `${what}: not so after ${withinMs / 1000} s, in ${phase}: ${blockers?.join(', ') || 'no blocker'}`
    this.#world.trace.tell('!', this.#unfinished)
  }

  async #pass(ms: number): Promise<void> {
    const { timeline } = this.#world
    const over = timeline.now + ms
    timeline.after(ms + 1, () => {})
    await timeline.run(() => timeline.now > over)
  }

  #result(): Result {
    const { checker, timeline, trace, settings, pods } = this.#world
    return {
      seed: this.#seed,
      violations: checker.violations,
      unfinished: this.#unfinished,
      ended: this.#ended,
      turn: settings.turn,
      members: settings.members,
      virtualMs: timeline.now,
      events: timeline.events,
      requests: pods.flatMap(({ clients }) => clients).reduce((sum, one) => sum + one.requests, 0),
      failed: Object.fromEntries(checker.failed),
      faults: Object.fromEntries(this.#storm.faults),
      hash: trace.digest(),
      trace: trace.lines,
    }
  }
}
