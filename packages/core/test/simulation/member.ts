import {
  type Fingerprint,
  firstSequence,
  type IncomingReport,
  type MemberEvent,
  type MemberState,
  memberAtStart,
  memberStep,
  notServing,
  type Publication,
  probesDue,
  refusalFor,
  statementOf,
  toStore,
} from '@keyturn/core'
import type { Reporting } from '@keyturn/testkit'
import { SimClient } from './client.ts'

const joinWaitMs = 3_000
const subject = { account: '', pair: 'readWrite' } as const

/** A sidecar that runs the real member's rules, over clients that do what the schedule says. */
export class SimMember implements Reporting {
  readonly name: string
  state: MemberState
  /** Whether it ever joined and nobody has evicted it since: then it is bound by the promise. */
  bound = false
  alive = true
  silentUntil = 0
  deafUntil = 0
  refusesUntil = 0
  /** How old the keysets are that its source gives. */
  readonly lagMs: number
  readonly clients: SimClient[] = []
  /** Whether it served without a coordinator's answer: then the promise begins when it joined. */
  servedOutside = false
  now: number
  #startedAt: number
  #starts = 1
  #sent = 0

  constructor(name: string, lagMs: number, now: number) {
    this.now = now
    this.#startedAt = now
    this.name = name
    this.lagMs = lagMs
    this.state = memberAtStart(null, `${name}-1`, true)
    this.addClient()
  }

  get silent(): boolean {
    return !this.alive || this.silentUntil > this.now
  }

  addClient(): void {
    this.clients.push(new SimClient(`${this.name}-app${this.clients.length}`))
  }

  /** The sidecar's process dies and starts again on what it had written down. */
  restart(): void {
    this.#starts += 1
    this.#startedAt = this.now
    this.#sent = 0
    this.state = memberAtStart(this.state.stored, `${this.name}-${this.#starts}`, true)
  }

  /** One client dies, and its presence socket proves it. */
  kill(index: number): void {
    const client = this.clients[index]
    if (!client) return
    client.alive = false
    this.#step({ is: 'disconnected', id: client.identity.id })
    this.#step({ is: 'died', id: client.identity.id })
  }

  /** The machine goes away with everything on it; nobody is there to say so. */
  lose(): void {
    this.alive = false
    for (const client of this.clients) client.alive = false
  }

  tick(now: number, source: Publication | null, accepts: (key: Fingerprint) => boolean): void {
    this.now = now
    for (const client of this.clients) client.work(now)
    if (!this.alive) return
    if (this.state.joining === 'joining' && now - this.#startedAt > joinWaitMs) {
      this.#step({ is: 'join-wait-over' })
      this.servedOutside = true
    }
    if (source && this.deafUntil <= now && source.version > (this.state.held?.version ?? 0)) {
      const { version, fingerprints, active, fenced } = source
      this.#step({ is: 'swapped', held: { version, fingerprints, active, fenced }, subject })
    }
    const { held, proven } = this.state
    for (const fingerprint of held ? probesDue(held, proven) : []) {
      this.#step({ is: 'probed', fingerprint, accepted: accepts(fingerprint) })
    }
    for (const client of this.clients) this.#attend(client)
    this.#store()
  }

  report(now: number): IncomingReport {
    this.#sent += 1
    const { identity } = this.state
    const refused = this.refusesUntil > now ? this.#activeRefused() : []
    return {
      ...statementOf(this.state),
      incarnation: identity.incarnation,
      previousIncarnation: identity.previousIncarnation,
      sequence: firstSequence(identity) + this.#sent,
      goodbye: false,
      source: { kind: 'files', stalenessMsMax: this.lagMs },
      refused,
    }
  }

  /** The coordinator has it, and says below which version nothing may be served. */
  answered(floor: number): void {
    this.bound = true
    this.#step({ is: 'answered', floor, announced: 0 })
    this.#store()
  }

  #attend(client: SimClient): void {
    const { id } = client.identity
    const known = this.state.clients.find(one => one.id === id)
    if (!client.alive) {
      if (known) this.#step({ is: 'died', id })
      return
    }
    if (client.awayUntil > this.now) {
      if (known?.state === 'attached') this.#step({ is: 'disconnected', id })
      return
    }
    if (known?.state !== 'attached') {
      this.#step({ is: 'attached', client: client.identity })
      this.#store()
    }
    const { held } = this.state
    const served = notServing(this.state) === null && refusalFor(this.state, id) === null
    const newer = held !== null && held.version > (client.held?.version ?? 0)
    if (served && newer && client.deafUntil <= this.now) client.held = held
    this.#step({ is: 'sampled', id, sample: client.sample(this.now) })
  }

  #activeRefused() {
    const { held } = this.state
    return held ? [{ fingerprint: held.fingerprints[held.active], endpoint: 'https://west' }] : []
  }

  #step(event: MemberEvent): void {
    this.state = memberStep(this.state, event)
  }

  #store(): void {
    this.#step({ is: 'stored', stored: toStore(this.state) })
  }
}
