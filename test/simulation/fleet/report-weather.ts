import type { Chance } from '../time/chance.ts'
import type { Timeline } from '../time/timeline.ts'
import type { SimPod } from './pod.ts'

interface Way {
  cutUntil: number
  answersLostUntil: number
  slowUntil: number
}

/** The ways of reports, pod by pod: faults change them, healing clears them. */
export class ReportWeather {
  readonly #timeline: Timeline
  readonly #ways = new Map<SimPod, Way>()

  constructor(timeline: Timeline) {
    this.#timeline = timeline
  }

  of(pod: SimPod): Way {
    const known = this.#ways.get(pod)
    if (known) return known
    const way = { cutUntil: 0, answersLostUntil: 0, slowUntil: 0 }
    this.#ways.set(pod, way)
    return way
  }

  isCut(pod: SimPod): boolean {
    return this.#timeline.now < (this.#ways.get(pod)?.cutUntil ?? 0)
  }

  losesAnswer(pod: SimPod): boolean {
    return this.#timeline.now < (this.#ways.get(pod)?.answersLostUntil ?? 0)
  }

  /** When copies of one report arrive: one soon; in bad times late, and perhaps once more. */
  delaysMs(pod: SimPod, chance: Chance): readonly number[] {
    const slow = this.#timeline.now < (this.#ways.get(pod)?.slowUntil ?? 0)
    if (!slow) return [chance.int(1, 20)]
    const late = chance.int(100, 8_000)
    return chance.is(0.5) ? [late] : [late, late + chance.int(1, 40_000)]
  }

  heal(): void {
    this.#ways.clear()
  }
}
