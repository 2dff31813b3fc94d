import {
  declaredDead,
  type Fingerprint,
  type Fleet,
  type Held,
  type IncomingReport,
  type Member,
  type MemberPod,
  type PlatformView,
  type Publication,
  receive,
  slots,
} from '@keyturn/core'

/** A member as the coordinator hears it, that obeys whatever is published. */
export class FakeMember {
  readonly name: string
  incarnation: string
  previousIncarnation: string | null = null
  sequence = 0
  held: Held | null = null
  /** Whether it reports, and whether it takes new versions. */
  silent = false
  deaf = false
  /** Whether its reports say goodbye, every client being gone. */
  leaving = false
  /** Whether it signs nothing at all. */
  resting = false
  durable = true
  stalenessMsMax = 0
  lost: string[] = []
  refused: { fingerprint: Fingerprint; endpoint: string }[] = []
  /** What a client of its holds, and what it was told: absent in releases that do not say. */
  ahead: Held | null | undefined
  floor: number | undefined
  /** Where it runs, in releases and on platforms that say so. */
  pod: MemberPod | undefined
  /** In flight by fingerprint. */
  readonly busy = new Map<Fingerprint, number>()
  readonly #lastUse = new Map<Fingerprint, number>()

  constructor(name: string) {
    this.name = name
    this.incarnation = `${name}-1`
  }

  hear(publication: Publication): void {
    const { version, fingerprints, active, fenced } = publication
    if (!this.deaf) this.held = { version, fingerprints, active, fenced }
  }

  /** Signs one request now, with the active key. */
  work(now: number): void {
    if (this.held && !this.resting) this.#lastUse.set(this.held.fingerprints[this.held.active], now)
  }

  report(now: number): IncomingReport {
    this.sequence += 1
    const { held } = this
    return {
      incarnation: this.incarnation,
      previousIncarnation: this.previousIncarnation,
      sequence: this.sequence,
      goodbye: this.leaving,
      source: { kind: 'keyVault', stalenessMsMax: this.stalenessMsMax },
      durable: this.durable,
      held,
      acknowledged: held,
      proven: [],
      usage: held ? slots.map(slot => this.#usage(held.fingerprints[slot], now)) : [],
      refused: this.refused,
      clients: { attached: this.leaving ? 0 : 1, lost: this.lost },
      ahead: this.ahead,
      floor: this.floor,
      ...(this.pod ? { pod: this.pod } : {}),
    }
  }

  #usage(fingerprint: Fingerprint, now: number) {
    const last = this.#lastUse.get(fingerprint)
    const idleMs = last === undefined ? null : now - last
    return { fingerprint, inFlight: this.busy.get(fingerprint) ?? 0, total: 0, idleMs }
  }
}

/** Whoever reports: a member that obeys, or a whole simulated one. */
export interface Reporting {
  readonly name: string
  readonly silent: boolean
  report(now: number): IncomingReport
}

/** The coordinator's table of members, filled by the real rule. */
export class FakeFleet {
  rows: Member[] = []
  revision = 0

  take(member: Reporting, now: number): void {
    if (member.silent) return
    const known = this.rows.filter(({ name }) => name === member.name)
    const received = receive(member.name, known, member.report(now), now)
    if (!received.taken) return
    if (received.weakens) this.revision += 1
    for (const row of received.rows) this.put(row)
  }

  /** What a platform says of machines is written down before it counts. */
  declare(platform: PlatformView): void {
    for (const row of declaredDead(this.rows, platform)) this.put(row)
  }

  put(row: Member): void {
    const others = this.rows.filter(known => known.incarnation !== row.incarnation)
    this.rows = [...others, row]
  }

  view(reachableSince = 0): Fleet {
    return { reachableSince, members: this.rows }
  }
}
