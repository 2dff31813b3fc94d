import type { JournalEvent } from '@keyturn/core'
import type { SimPod } from '../fleet/pod.ts'
import type { World } from '../world.ts'

/** Whoever runs for so long is known to the cluster, and has joined, or blocks. */
const joinMsMax = 5_000
/** What a platform said longer ago says nothing, and a turn or two to notice. */
const silentMsMax = 150_000

/**
 * What is promised of a platform beside the invariants, told from what truly is: who runs, who has
 * joined, and whether anybody could have heard the cluster.
 */
export class Promises {
  readonly broken: string[] = []
  readonly #world: World
  readonly #apiCutMs: number
  readonly #startedAt = new Map<SimPod, number>()
  readonly #joined = new Set<SimPod>()

  constructor(world: World, apiCutMs: number) {
    this.#world = world
    this.#apiCutMs = apiCutMs
  }

  started(pod: SimPod): void {
    this.#startedAt.set(pod, this.#world.timeline.now)
  }

  judge(event: JournalEvent): void {
    for (const pod of this.#world.pods) if (pod.bound) this.#joined.add(pod)
    if (event.type === 'died') this.#judgeDeath(event.incarnation)
    if (event.type === 'regenerate-intended') this.#judgeIntent(event.slot)
  }

  /** By who has reported, and not by whom the proof names. */
  #judgeDeath(incarnation: string): void {
    const pod = this.#world.pods.find(({ label }) => incarnation.startsWith(`${label}#`))
    const lives = pod?.process.alive || pod?.clients.some(({ process }) => process.alive)
    if (lives) this.#break('P13', `${pod?.label} is buried alive`)
  }

  #judgeIntent(slot: string): void {
    const { now } = this.#world.timeline
    const stranger = this.#world.pods.find(
      pod =>
        pod.isUp && !this.#joined.has(pod) && now - (this.#startedAt.get(pod) ?? now) > joinMsMax,
    )
    if (stranger) this.#break('P9', `the ${slot} key goes though ${stranger.label} never joined`)
    if (now < this.#apiCutMs && now > silentMsMax) {
      this.#break('P13', `the ${slot} key goes though nobody hears the platform`)
    }
  }

  #break(rule: string, what: string): void {
    this.broken.push(`${rule}: ${what}`)
  }
}
