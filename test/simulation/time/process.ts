import type { Clock } from '@keyturn/keyring'
import type { Chance } from './chance.ts'
import type { Due, Timeline } from './timeline.ts'

/** When all machines started, on the wall. */
const epochWall = Date.UTC(2030, 0, 1)

/**
 * One process of the simulated world. Whatever reaches it, a timer or an answer, is delivered:
 * at once while it runs, later while it is stopped, never once it is dead.
 */
export class SimProcess {
  readonly name: string
  readonly chance: Chance
  readonly timeline: Timeline
  readonly clock: Clock
  alive = true
  /** How far its machine's clock is off, in ms. */
  wallOffset = 0
  #stops = 0
  readonly #waiting: (() => void)[] = []
  readonly #mourners = new Set<() => void>()

  constructor(timeline: Timeline, name: string, chance: Chance) {
    this.timeline = timeline
    this.name = name
    this.chance = chance
    this.clock = {
      now: () => timeline.now,
      wall: () => this.wall(),
      sleep: (ms, signal) => this.#sleep(ms, signal),
    }
  }

  get stopped(): boolean {
    return this.#stops > 0
  }

  wall(): number {
    return epochWall + this.timeline.now + this.wallOffset
  }

  deliver(work: () => void): void {
    if (!this.alive) return
    if (this.#stops > 0) this.#waiting.push(work)
    else work()
  }

  after(ms: number, work: () => void): Due {
    return this.timeline.after(ms, () => this.deliver(work))
  }

  /** SIGSTOP; each takes a SIGCONT of its own. */
  stop(): void {
    this.#stops += 1
  }

  continue(): void {
    if (this.#stops === 0) return
    this.#stops -= 1
    if (this.#stops > 0) return
    // One by one: what the first brings about may matter to the next.
    for (const work of this.#waiting.splice(0)) this.timeline.after(0, () => this.deliver(work))
  }

  continueAtLast(): void {
    while (this.#stops > 0) this.continue()
  }

  kill(): void {
    if (!this.alive) return
    this.alive = false
    this.#waiting.length = 0
    for (const mourn of [...this.#mourners]) mourn()
    this.#mourners.clear()
  }

  /** Told when it dies; returns how to stop listening. */
  whenDead(mourn: () => void): () => void {
    this.#mourners.add(mourn)
    return () => this.#mourners.delete(mourn)
  }

  #sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason)
      const onAbort = (): void => {
        due.run = null
        reject(signal?.reason)
      }
      const due = this.after(ms, () => {
        signal?.removeEventListener('abort', onAbort)
        resolve()
      })
      signal?.addEventListener('abort', onAbort, { once: true })
    })
  }
}
