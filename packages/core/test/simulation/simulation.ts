import { hasEnded, type Publication } from '@keyturn/core'
import { Rig } from '@keyturn/testkit'
import { Checker } from './checker.ts'
import { SimMember } from './member.ts'
import type { Fault, Schedule } from './schedule.ts'

/** A turn in bad weather, then in good: real decisions, real members' rules, virtual time. */
export class Simulation {
  readonly rig = new Rig({ names: ['one', 'two'], limits: { attemptsMax: 100, quietMs: 5_000 } })
  readonly members: SimMember[]
  readonly checker: Checker
  readonly #schedule: Schedule
  readonly #published: { at: number; publication: Publication | null }[] = []
  readonly #ending: { at: number; end: () => void }[] = []
  #coordinatorAwayUntil = 0

  constructor(schedule: Schedule) {
    this.#schedule = schedule
    const [one, two] = schedule.lagsMs
    this.members = [new SimMember('one', one, 0), new SimMember('two', two, 0)]
    this.checker = new Checker(this.rig.azure, this.members)
    this.rig.azure.regenerationMs = schedule.regenerationMs
    const mail = [...schedule.mail]
    this.rig.mail = slot => {
      this.checker.sent(slot, this.rig.now)
      return mail.shift() ?? 'delivered'
    }
    this.rig.azure.onPost = slot => this.checker.arrives(slot, this.rig.now)
  }

  run(): readonly string[] {
    this.rig.look()
    this.rig.say({ verb: 'adopt', by: 'ops', installation: 'here', takeOver: false })
    for (let second = 0; second < 60; second += 1) this.#second()
    this.rig.rotate()
    this.checker.rotationStarts()
    for (let second = 0; second < 340; second += 1) {
      for (const fault of this.#schedule.faults)
        if (this.#isDue(fault.at, second)) this.#befall(fault)
      if (this.#isDue(this.#schedule.lateAt, second))
        this.members.push(new SimMember('late', 40_000, this.rig.now))
      this.#second()
    }
    this.#heal()
    return this.checker.violations
  }

  /** No fault any more, operators do as they are told: then the turn has to end. */
  #heal(): void {
    for (let left = 3_000; left > 0 && !this.rig.ended; left -= 1) {
      if (this.rig.record.rotation?.paused) {
        this.rig.say({ verb: 'resume', by: 'ops', reason: 'healed' })
      }
      this.#evictTheDead()
      this.#second()
    }
    const { rotation } = this.rig.record
    if (!rotation || !hasEnded(rotation.phase)) {
      this.checker.violations.push(
        `invariant 6: stuck in ${this.rig.phase}: ${JSON.stringify(this.rig.blockers)}`,
      )
    }
  }

  #isDue(at: Schedule['lateAt'], second: number): boolean {
    if (at === null || typeof at === 'number') return at === second
    const entered = this.rig.record.rotation?.entered.find(({ name }) => name === at.phase)
    return entered !== undefined && entered.at + at.after * 1_000 === this.rig.now
  }

  #second(): void {
    const { rig } = this
    const before = rig.phase
    rig.pass()
    for (const { at, end } of this.#ending) if (at === rig.now) end()
    this.#published.push({ at: rig.now, publication: rig.azure.vault })
    const coordinatorIsThere = this.#coordinatorAwayUntil <= rig.now
    for (const member of this.members) {
      member.tick(rig.now, this.#source(member.lagMs), key =>
        rig.azure.regions.every(region => rig.azure.accepts(region, key)),
      )
      if (coordinatorIsThere && !member.silent) {
        rig.fleet.take(member, rig.now)
        member.answered(rig.record.published?.version ?? 0)
      }
    }
    if (coordinatorIsThere) rig.turns()
    this.checker.always(rig.now)
    if (before !== 'completed' && rig.phase === 'completed' && rig.record.rotation) {
      this.checker.completed(rig.record.rotation.before, rig.now)
    }
  }

  #source(lagMs: number): Publication | null {
    const seen = this.#published.findLast(({ at }) => at <= this.rig.now - lagMs)
    return seen?.publication ?? null
  }

  #evictTheDead(): void {
    for (const member of this.members) {
      if (member.alive || !member.bound) continue
      const refused = this.rig.say({
        verb: 'evict',
        by: 'ops',
        reason: 'its machine is gone',
        member: member.name,
      })
      if (refused.length === 0) member.bound = false
    }
    if (this.members.some(({ alive }) => alive)) return
    // Whoever wants to turn an account without any application starts one, or says so by policy.
    this.members.push(new SimMember('spare', 0, this.rig.now))
  }

  #until(seconds: number, end: () => void): void {
    this.#ending.push({ at: this.rig.now + seconds * 1_000, end })
  }

  #befall(fault: Fault): void {
    const { azure } = this.rig
    if ('slot' in fault) this.#befallKey(fault)
    else if ('who' in fault) this.#befallSomebody(fault)
    else if (fault.kind === 'vault-lost') azure.vault = null
    else {
      azure.fails = true
      this.#until(fault.seconds, () => {
        azure.fails = false
      })
    }
  }

  #befallKey({ kind, slot, seconds }: Extract<Fault, { slot: unknown }>): void {
    const { azure } = this.rig
    if (kind === 'hand') {
      if (azure.idle) azure.regenerateByHand(slot)
      return
    }
    const refusal = `${azure.regions[0]} ${azure.keys[slot]}`
    azure.refusing.add(refusal)
    this.#until(seconds, () => azure.refusing.delete(refusal))
  }

  #befallSomebody(fault: Extract<Fault, { who: number }>): void {
    const { rig } = this
    const until = rig.now + fault.seconds * 1_000
    const member = this.members[fault.who % this.members.length]
    const client = member?.clients[fault.client % member.clients.length]
    if (!member || !client) return
    const by = { by: 'ops', reason: 'the schedule' }
    const befall: Record<typeof fault.kind, () => void> = {
      silent: () => {
        member.silentUntil = until
      },
      deaf: () => {
        member.deafUntil = until
      },
      refuses: () => {
        member.refusesUntil = until
      },
      'member-restarts': () => member.restart(),
      'machine-is-lost': () => member.lose(),
      'client-deaf': () => {
        client.deafUntil = until
      },
      'client-away': () => {
        client.awayUntil = until
      },
      'client-busy': () => client.begin(rig.now, until),
      'client-busy-on-standby': () => client.beginOnStandby(rig.now, until),
      'client-fails-over': () => {
        client.failedOverUntil = until
      },
      'client-dies': () => member.kill(fault.client % member.clients.length),
      'client-starts': () => member.addClient(),
      'coordinator-away': () => {
        this.#coordinatorAwayUntil = until
        this.#until(fault.seconds, () => rig.restart())
      },
      paused: () => {
        rig.say({ verb: 'pause', ...by })
      },
      aborted: () => {
        rig.say({ verb: 'abort', ...by })
      },
      'arm-down': () => {
        rig.armDown = true
        this.#until(fault.seconds, () => {
          rig.armDown = false
        })
      },
      'vault-down': () => {
        rig.vaultDown = true
        this.#until(fault.seconds, () => {
          rig.vaultDown = false
        })
      },
    }
    befall[fault.kind]()
  }
}
