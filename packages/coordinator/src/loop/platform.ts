import type { Death, PlatformView } from '@keyturn/core'
import type { Platform } from '../ports.ts'

/** What the platform says, on the observed time of one account. */
export class Hearing {
  readonly #platform: Platform
  /** When each death was first heard of here: whether a report is younger is asked of it. */
  #seen = new Map<string, number>()

  constructor(platform: Platform) {
    this.#platform = platform
  }

  /** @param now observed time */
  view(now: number): PlatformView {
    const { ageMs, expected, dead, error } = this.#platform.read()
    const seen = new Map(dead.map(({ uid, proof }) => [`${proof} ${uid}`, now]))
    for (const id of seen.keys()) seen.set(id, this.#seen.get(id) ?? now)
    this.#seen = seen
    const deaths = dead.map((death): Death => {
      return { ...death, seenAt: seen.get(`${death.proof} ${death.uid}`) ?? now }
    })
    return { at: ageMs === null ? null : now - ageMs, expected, dead: deaths, error }
  }
}
