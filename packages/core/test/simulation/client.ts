import type { ClientIdentity, Fingerprint, Held, Sample } from '@keyturn/core'
import { otherSlot, slots } from '@keyturn/core'

/** An application process as it truly is, whatever its sidecar knows of it. */
export class SimClient {
  readonly identity: ClientIdentity
  alive = true
  held: Held | null = null
  /** Until when it takes nothing new from its sidecar, and until when it is away from it. */
  deafUntil = 0
  awayUntil = 0
  /** Until when it signs with the standby where it may, as after a 401. */
  failedOverUntil = 0
  #sequence = 0
  readonly #inFlight: { fingerprint: Fingerprint; until: number }[] = []
  readonly #lastUse = new Map<Fingerprint, number>()

  constructor(id: string) {
    this.identity = { id, name: id, pid: 1, presence: `${id}.sock` }
  }

  /** Whether this process may sign with the key from now on, or does so at this moment. */
  mayUse(fingerprint: Fingerprint, now: number): boolean {
    if (!this.alive) return false
    const { held } = this
    const signs = slots.some(
      slot => held?.fingerprints[slot] === fingerprint && !held.fenced.includes(slot),
    )
    return signs || this.inFlight(fingerprint, now) > 0
  }

  inFlight(fingerprint: Fingerprint, now: number): number {
    return this.#inFlight.filter(one => one.fingerprint === fingerprint && one.until > now).length
  }

  /** Begins a request that lasts, with the key that it signs with at present. */
  begin(now: number, until: number): void {
    const fingerprint = this.#signsWith(now)
    if (fingerprint && this.alive) this.#inFlight.push({ fingerprint, until })
  }

  /** The same with the other key, after a 401, where it may. */
  beginOnStandby(now: number, until: number): void {
    this.failedOverUntil = now + 1
    this.begin(now, until)
  }

  work(now: number): void {
    const fingerprint = this.alive ? this.#signsWith(now) : null
    if (fingerprint) this.#lastUse.set(fingerprint, now)
  }

  sample(now: number): Sample {
    this.#sequence += 1
    const known = new Set([
      ...slots.flatMap(slot => (this.held ? [this.held.fingerprints[slot]] : [])),
      ...this.#inFlight.map(({ fingerprint }) => fingerprint),
    ])
    const usage = [...known].map(fingerprint => {
      const last = this.#lastUse.get(fingerprint)
      const inFlight = this.inFlight(fingerprint, now)
      const idleMs = inFlight > 0 ? 0 : last === undefined ? null : now - last
      return { fingerprint, inFlight, total: 0, idleMs }
    })
    return { sequence: this.#sequence, held: this.held, usage, refused: [] }
  }

  #signsWith(now: number): Fingerprint | null {
    if (!this.held) return null
    const { active, fenced, fingerprints } = this.held
    const standby = otherSlot(active)
    const failsOver = this.failedOverUntil > now && !fenced.includes(standby)
    return fingerprints[failsOver ? standby : active]
  }
}
